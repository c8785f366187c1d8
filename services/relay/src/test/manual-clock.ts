import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../clock.ts";

interface Timer {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #now = 1_000_000;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return 1_700_000_000_000 + this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) return resolve();
      const wake = (): void => {
        this.#timers.delete(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer: Timer = { at: this.#now + ms, wake };
      this.#timers.add(timer);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  /** Moves on by so many milliseconds, waking who slept, in order, and letting each act. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await turn();
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      this.#now = next.at;
      next.wake();
    }
    this.#now = until;
    await turn();
  }

  /**
   * Lets time pass as fast as it can until the promise settles.
   *
   * @throws when an hour has passed, or nobody sleeps and nothing happens: it never comes then.
   */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = (): void => {
      settled = true;
    };
    promise.then(done, done);
    const deadline = this.#now + 3_600_000;
    for (let idle = 0; !settled; ) {
      await turn();
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined) {
        idle += 1;
        if (idle > 10_000) throw new Error("nothing happens any more, and nobody sleeps");
        continue;
      }
      idle = 0;
      if (this.#now > deadline) throw new Error("an hour has passed in vain");
      // Several turns first, so that what can happen now does not seem to take time.
      for (let i = 0; i < 20 && !settled; i++) await turn();
      if (settled) break;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    return await promise;
  }
}
