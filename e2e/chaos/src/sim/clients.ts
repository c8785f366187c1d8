import type { Operation as Told } from "../truth/evidence.ts";
import { Machine } from "./machine.ts";
import type { DocumentStore } from "./mongo/document-store.ts";
import { MongoLikeClient } from "./mongo/mongo-client.ts";
import type { Environment } from "./network.ts";
import { type Operation, Operations } from "./operations.ts";
import type { RunPlan } from "./plan.ts";
import type { Random } from "./random.ts";
import { type Append, type Outcome, serviceAppend, writerAppend } from "./writers.ts";

/** Callers of one append service. */
const CALLERS = 3;

/** Those who append, each one operation after another, and what they were told. */
export class Clients {
  readonly operations: Operations;
  readonly #documents: DocumentStore;
  readonly #environment: Environment;
  readonly #plan: RunPlan;
  readonly #random: Random;
  readonly #made: Operation[] = [];
  readonly #told = new Map<string, Told>();
  #left = 0;
  #attempts = 0;

  constructor(documents: DocumentStore, environment: Environment, plan: RunPlan) {
    this.#documents = documents;
    this.#environment = environment;
    this.#plan = plan;
    this.#random = environment.random.fork();
    this.operations = new Operations(this.#random);
  }

  /** What became of each append, as their clients know it. */
  get told(): readonly Told[] {
    return [...this.#told.values()];
  }

  /** How many calls were made. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Lets so many operations be appended. */
  async work(operations: number): Promise<void> {
    this.#left = operations;
    const { writers, services } = this.#plan;
    const all: Promise<void>[] = [];
    for (let i = 0; i < writers; i++) all.push(this.#place(`writer-${i}`, writerAppend, 1));
    for (let i = 0; i < services; i++)
      all.push(this.#place(`service-${i}`, serviceAppend, CALLERS));
    await Promise.all(all);
  }

  /** Appends one operation, again and again until its outcome is known. */
  async append(operation: Operation): Promise<void> {
    for (let i = 0; ; i++) {
      const machine = new Machine(`writer-extra-${i}`, this.#environment.scheduler);
      const append = writerAppend(this.#client(machine));
      const outcome = await this.#call(operation, append, machine);
      if (outcome === "ok" || outcome === "expired") return;
    }
  }

  /** A process that is started again when it dies, with so many callers. */
  async #place(
    name: string,
    make: (client: MongoLikeClient) => Append,
    callers: number,
  ): Promise<void> {
    for (let i = 0; this.#left > 0; i++) {
      const machine = new Machine(`${name}-${i}`, this.#environment.scheduler);
      const append = make(this.#client(machine));
      const loops = Array.from({ length: callers }, () => this.#loop(append, machine));
      await Promise.all(loops);
      if (machine.isDead) await this.#environment.scheduler.sleep(this.#random.next() * 1_000);
    }
  }

  async #loop(append: Append, machine: Machine): Promise<void> {
    const { scheduler } = this.#environment;
    let again: Operation | undefined;
    while (!machine.isDead && (this.#left > 0 || again !== undefined)) {
      await scheduler.sleep(this.#random.next() * this.#plan.restMs);
      const operation: Operation = again ?? this.#next();
      const outcome = await this.#call(operation, append, machine);
      const repeats = outcome === "unknown" || outcome === "failed";
      again = repeats && this.#random.chance(0.7) ? operation : undefined;
    }
  }

  #next(): Operation {
    this.#left -= 1;
    if (this.#made.length > 0 && this.#random.chance(0.1)) return this.#random.pick(this.#made);
    const made = this.operations.next(this.#environment.scheduler.now);
    this.#made.push(made);
    return made;
  }

  async #call(operation: Operation, append: Append, machine: Machine): Promise<Outcome> {
    const { scheduler, trace } = this.#environment;
    this.#attempts += 1;
    const startedMs = scheduler.now;
    const died = new Promise<Outcome>((resolve) => machine.onDeath(() => resolve("unknown")));
    const timeoutMs = this.#random.int(500, 8_000);
    const outcome = await Promise.race([append(operation, timeoutMs), died]);
    trace.say(scheduler.now, `${machine.name} append ${operation.id}: ${outcome}`);
    this.#note(operation.id, outcome, startedMs);
    return outcome;
  }

  #note(entry: string, outcome: Outcome, startedMs: number): void {
    const before = this.#told.get(entry);
    const all = [before?.outcome, outcome === "expired" ? "unknown" : outcome];
    const told = (["ok", "unknown"] as const).find((each) => all.includes(each)) ?? "failed";
    const endedMs = this.#environment.scheduler.now;
    const first = before?.startedMs ?? startedMs;
    this.#told.set(entry, { entry, outcome: told, startedMs: first, endedMs });
  }

  #client(machine: Machine): MongoLikeClient {
    return new MongoLikeClient(this.#documents, machine, this.#environment);
  }
}
