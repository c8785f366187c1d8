import { setTimeout as pause } from "node:timers/promises";

export interface WaitOptions {
  /** What is waited for, as it stands in the error: "mongod answers". */
  readonly what: string;
  /** Give up after this many milliseconds. */
  readonly timeoutMs: number;
  /** Ask again after this many milliseconds. Default 50. */
  readonly everyMs?: number;
}

/**
 * Asks `condition` again and again until it gives something other than `undefined` or `false`, and
 * returns that.
 *
 * An error of `condition` counts as "not yet"; the last one is the cause of the timeout's error.
 *
 * @throws TimedOut when the time is up.
 */
export async function waitUntil<T>(
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  options: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) throw new TimedOut(options, last);
    await pause(options.everyMs ?? 50);
  }
}

export class TimedOut extends Error {
  override readonly name = "TimedOut";

  constructor(options: WaitOptions, cause: unknown) {
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    super(`not within ${options.timeoutMs} ms: ${options.what}${why}`, { cause });
  }
}
