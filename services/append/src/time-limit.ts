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
