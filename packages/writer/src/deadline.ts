import { setTimeout as delay } from "node:timers/promises";

/** How long a call may take, and who may end it before. */
export interface TimeLimit {
  /**
   * How long to go on, in milliseconds; retries stop then. Longer rides out longer elections;
   * shorter tells the caller sooner. 1 to 3 600 000; default 30 000.
   */
  readonly timeoutMs?: number;
  /** Ends the call as the deadline would. */
  readonly signal?: AbortSignal;
}

export const TIMEOUT_MS_DEFAULT = 30_000;
const TIMEOUT_MS_MAX = 3_600_000;

/** The time is up, or the caller cancelled. */
export class DeadlinePassed extends Error {
  override readonly name = "DeadlinePassed";
  readonly reason: "deadline" | "cancelled";

  constructor(reason: "deadline" | "cancelled") {
    super(reason === "deadline" ? "the deadline has passed" : "the caller cancelled");
    this.reason = reason;
  }
}

/** A moment after which nothing is waited for any more. */
export class Deadline {
  readonly #signal: AbortSignal;
  readonly #cancelled: AbortSignal | undefined;

  /** @throws RangeError when `timeoutMs` is out of range. */
  constructor({ timeoutMs = TIMEOUT_MS_DEFAULT, signal }: TimeLimit) {
    if (!(timeoutMs >= 1 && timeoutMs <= TIMEOUT_MS_MAX)) {
      throw new RangeError(`timeoutMs must be 1 to ${TIMEOUT_MS_MAX}, not ${timeoutMs}`);
    }
    const time = AbortSignal.timeout(timeoutMs);
    this.#signal = signal === undefined ? time : AbortSignal.any([time, signal]);
    this.#cancelled = signal;
  }

  /** Settles as `promise` does. Past the deadline it rejects; `promise` then goes on unwatched. */
  race<T>(promise: Promise<T>): Promise<T> {
    const signal = this.#signal;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(this.#error());
      const forget = (): void => signal.removeEventListener("abort", onAbort);
      promise.then(resolve, reject).then(forget);
      // What has settled by now counts, also past the deadline.
      if (signal.aborted) queueMicrotask(onAbort);
      else signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Waits this many milliseconds; false, at once, when the deadline passes meanwhile. */
  async pause(ms: number): Promise<boolean> {
    try {
      await delay(ms, undefined, { signal: this.#signal });
      return true;
    } catch (error) {
      if (this.#signal.aborted) return false;
      throw error;
    }
  }

  #error(): DeadlinePassed {
    return new DeadlinePassed(this.#cancelled?.aborted === true ? "cancelled" : "deadline");
  }
}
