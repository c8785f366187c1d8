/** What becomes of a process's clocks. All times are by the machine's monotonic clock, in nanoseconds. */
export interface Skew {
  /** Counts the skews of one process. */
  readonly number: number;
  /**
   * From when on its seconds last how long: each stretch begins where the one before it ends, so that
   * the monotonic clock never jumps. As text, since JSON has no such integers.
   */
  readonly stretches: readonly { readonly fromNs: string; readonly rate: number }[];
  /** From when on the time of day is off by so many milliseconds, ahead when positive. */
  readonly wall: readonly { readonly fromNs: string; readonly offsetMs: number }[];
}

/** Clocks as they should be. */
export const STRAIGHT: Skew = { number: 0, stretches: [], wall: [] };

/** What the skewed monotonic clock shows when the machine's shows `realNs`. */
export function elapsed(skew: Skew, realNs: bigint): bigint {
  let shown = 0n;
  let from = 0n;
  let rate = 1;
  for (const stretch of skew.stretches) {
    const next = BigInt(stretch.fromNs);
    if (next >= realNs) break;
    shown += scaled(next - from, rate);
    from = next;
    rate = stretch.rate;
  }
  return shown + scaled(realNs - from, rate);
}

/** By how much the time of day is off when the machine's monotonic clock shows `realNs`. */
export function wallOffsetMs(skew: Skew, realNs: bigint): number {
  return skew.wall.findLast(({ fromNs }) => BigInt(fromNs) <= realNs)?.offsetMs ?? 0;
}

// Exact for a straight clock, whatever it shows: nanoseconds of days are beyond a double's integers.
function scaled(ns: bigint, rate: number): bigint {
  return (ns * BigInt(Math.round(rate * 1_000))) / 1_000n;
}
