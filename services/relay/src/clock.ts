/** The time, so that tests can give their own. */
export interface Clock {
  /** Milliseconds that only grow, also when somebody sets the time of day. */
  now(): number;
  /** Milliseconds since 1970, by this machine. For people and for the lag; nothing is decided by it. */
  wall(): number;
  /** Resolves after so many milliseconds, 0 for fewer, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** This machine's clock. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      // What was due while the process stood still; Node would warn of a time that is negative.
      const timer = setTimeout(done, Math.max(0, ms));
      signal?.addEventListener("abort", done, { once: true });
    }),
};
