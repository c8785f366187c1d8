import type { CallLimit } from "./ports.ts";

/** Kept free at the end of a call, so that its answer arrives before its caller gives up. */
const ANSWER_MS_MAX = 250;

/**
 * How long the work of a call may take, in milliseconds: up to `most`, and so much less than the
 * caller's own deadline that the answer arrives in time. 0 when there is no time left at all.
 */
export function workMs(callerMs: number | undefined, most: number): number {
  if (callerMs === undefined) return most;
  if (callerMs <= 0) return 0;
  return Math.max(1, Math.min(most, Math.floor(callerMs - Math.min(ANSWER_MS_MAX, callerMs / 10))));
}

/** Settles as `work` does; past the limit it gives `late()` instead, and the work goes on unwatched. */
export async function within<T>(
  work: Promise<T>,
  { timeoutMs, signal }: CallLimit,
  late: (why: "deadline" | "cancelled") => T,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let gone: (() => void) | undefined;
  const passed = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late("deadline")), timeoutMs);
    gone = () => resolve(late("cancelled"));
    if (signal.aborted) gone();
    else signal.addEventListener("abort", gone, { once: true });
  });
  try {
    return await Promise.race([work, passed]);
  } finally {
    clearTimeout(timer);
    if (gone !== undefined) signal.removeEventListener("abort", gone);
    work.catch(() => undefined); // who has its answer does not hear of it any more
  }
}
