import { setTimeout as pause } from "node:timers/promises";
import { newEntryId } from "@outgraph/events";
import type { Appender } from "./appender.ts";
import type { Operation } from "./evidence.ts";
import { anyPlan, type Plan } from "./plan.ts";
import { type Random, seeded } from "./random.ts";

export interface WorkloadOptions {
  /** What entries touch; few make many conflicts. */
  readonly nodes: readonly string[];
  /** How many append at a time. Default 3. */
  readonly writers?: number;
  /** What is appended follows from it; when, does not. */
  readonly seed: number;
  /** The most appends a second of all writers together. Default as fast as it goes. */
  readonly perSecond?: number;
  /** Told of an operation before it begins, and when it has ended, at once. */
  readonly onStarted?: (entry: string, plan: Plan) => void;
  readonly onEnded?: (operation: Operation) => void;
}

/** Writers that append until told to stop, and what they were told. */
export class Workload {
  readonly #appender: Appender;
  readonly #options: WorkloadOptions;
  readonly #history: Operation[] = [];
  readonly #random: Random;
  #watchers: (() => void)[] = [];
  #stopped = false;
  #left = Number.POSITIVE_INFINITY;
  #running: Promise<unknown> = Promise.resolve();
  #error: { readonly error: unknown } | undefined;

  constructor(appender: Appender, options: WorkloadOptions) {
    this.#appender = appender;
    this.#options = options;
    this.#random = seeded(options.seed);
  }

  /** What ended so far, in the order of endings. */
  get history(): readonly Operation[] {
    return this.#history;
  }

  /** Begins to append. @param entries how many operations, raced ones aside; default until `stop`. */
  start(entries: number = Number.POSITIVE_INFINITY): void {
    this.#stopped = false;
    this.#left = entries;
    const { writers = 3 } = this.#options;
    const running = Array.from({ length: writers }, () => this.#write());
    this.#running = Promise.all(running).catch((error: unknown) => {
      this.#stopped = true;
      this.#error ??= { error };
      this.#wake();
    });
  }

  /** Resolves when what `start` was told is done. @throws what no contract foresees. */
  async done(): Promise<void> {
    await this.#running;
    if (this.#error !== undefined) throw this.#error.error;
  }

  /** Waits until `accept` says so of what ended so far; it is asked after every operation. @throws as `done`. */
  async until(accept: (history: readonly Operation[]) => boolean): Promise<void> {
    while (!accept(this.#history)) {
      if (this.#error !== undefined) throw this.#error.error;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** Finishes what is under way. @throws as `done`. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.done();
  }

  /**
   * Appends one entry of this plan, beside whatever else goes on.
   *
   * @param entry its id: one of before, to repeat an append whose outcome is unknown.
   */
  async append(plan: Plan, entry: string = newEntryId()): Promise<Operation> {
    const startedMs = Date.now();
    this.#options.onStarted?.(entry, plan);
    const { outcome, raced } = await this.#appender.append(entry, plan);
    const operation: Operation = {
      ...{ entry, outcome, startedMs, endedMs: Date.now() },
      ...(raced === true && { raced }),
    };
    this.#history.push(operation);
    this.#options.onEnded?.(operation);
    this.#wake();
    return operation;
  }

  #wake(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }

  async #write(): Promise<void> {
    const { writers = 3, perSecond, nodes } = this.#options;
    const everyMs = perSecond === undefined ? 0 : (1_000 * writers) / perSecond;
    while (!this.#stopped && this.#left > 0) {
      this.#left -= 1;
      const began = performance.now();
      const { raced } = await this.append(anyPlan(this.#random, nodes));
      if (raced === true) this.#left += 1;
      const restMs = began + everyMs - performance.now();
      if (restMs > 0 && !this.#stopped) await pause(restMs);
    }
  }
}
