import type { Comparison } from "./benchmark.ts";
import type { Interval } from "./interval.ts";

/** Whether the bar holds: the bad end of the interval must keep it. */
export function holds({ low, high }: Interval, bar: Comparison["bar"]): boolean {
  return "atLeast" in bar ? low >= bar.atLeast : high <= bar.atMost;
}

/** The line that is printed for a comparison. */
export function line(name: string, ratio: Interval, bar: Comparison["bar"]): string {
  const wanted = "atLeast" in bar ? `>=${bar.atLeast}` : `<=${bar.atMost}`;
  const figures = `ratio=${short(ratio.median)} low=${short(ratio.low)} high=${short(ratio.high)}`;
  return `bench: ${name} ${figures} bar=${wanted} ${holds(ratio, bar) ? "holds" : "falls short"}`;
}

function short(value: number): string {
  return value.toFixed(2);
}
