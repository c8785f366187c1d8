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
  // By hand: AbortSignal.timeout and AbortSignal.any cost many times as much, in every transaction.
  readonly #passed = Promise.withResolvers<never>();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#end("cancelled");

  /** @throws RangeError when `timeoutMs` is out of range. */
  constructor({ timeoutMs = TIMEOUT_MS_DEFAULT, signal }: TimeLimit) {
    if (!(timeoutMs >= 1 && timeoutMs <= TIMEOUT_MS_MAX)) {
      throw new RangeError(`timeoutMs must be 1 to ${TIMEOUT_MS_MAX}, not ${timeoutMs}`);
    }
    this.#passed.promise.catch(() => {}); // who races is told
    this.#timer = setTimeout(() => this.#end("deadline"), timeoutMs);
    this.#signal = signal;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * Settles as `promise` does. Past the deadline it rejects; `promise` then goes on unwatched. What
   * has settled by now counts, also past the deadline.
   */
  race<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#passed.promise]);
  }

  /** Waits this many milliseconds; false, at once, when the deadline passes meanwhile. */
  async pause(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<true>();
    const timer = setTimeout(() => resolve(true), ms);
    try {
      return await this.race(promise);
    } catch {
      return false; // the deadline has passed, nothing else can fail here
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets go of timer and signal: nobody waits any more. */
  release(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }

  #end(reason: DeadlinePassed["reason"]): void {
    clearTimeout(this.#timer);
    this.#passed.reject(new DeadlinePassed(reason));
  }
}
