import type { Clock } from "@outgraph/relay/test";
import type { Scheduler } from "./scheduler.ts";

/** Midnight of some day: where virtual time begins, in milliseconds since 1970. */
export const EPOCH_MS = 1_767_225_600_000;

/**
 * A process that may be paused or killed. Whatever reaches it goes through `deliver`: a killed one
 * never hears anything again, so nothing that it would have done next happens; a paused one hears it
 * when it goes on, and acts then on what it believed before.
 */
export class Machine {
  readonly name: string;
  readonly clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #onDeath: (() => void)[] = [];
  #dead = false;
  #pausedUntil = 0;

  /** @param skewMs how far its wall clock is from the servers'. */
  constructor(name: string, scheduler: Scheduler, skewMs = 0) {
    this.name = name;
    this.#scheduler = scheduler;
    this.clock = {
      now: () => scheduler.now,
      wall: () => EPOCH_MS + scheduler.now + skewMs,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted || ms <= 0) return resolve();
          const done = (): void => {
            timer.cancel();
            signal?.removeEventListener("abort", done);
            resolve();
          };
          const timer = this.after(ms, done);
          signal?.addEventListener("abort", done, { once: true });
        }),
    };
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** Ends it without mercy. */
  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    for (const told of this.#onDeath) told();
  }

  /** Calls back when it is killed; at once when it is dead already. */
  onDeath(told: () => void): void {
    if (this.#dead) told();
    else this.#onDeath.push(told);
  }

  /** Stands still for so long, its clock alone goes on. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#scheduler.now + ms);
  }

  /** Does something in it after so long. */
  after(ms: number, act: () => void): { cancel(): void } {
    return this.#scheduler.after(ms, () => this.deliver(act));
  }

  /** Does something in it now, or when it goes on. */
  deliver(act: () => void): void {
    if (this.#dead) return;
    const left = this.#pausedUntil - this.#scheduler.now;
    if (left > 0) this.#scheduler.after(left, () => this.deliver(act));
    else act();
  }
}
