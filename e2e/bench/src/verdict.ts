import type { Bar } from "./benchmark.ts";
import type { Interval } from "./interval.ts";

/** Whether the bar holds: the bad end of the interval must keep it. No bar always holds. */
export function holds({ low, high }: Interval, bar: Bar | undefined): boolean {
  if (bar === undefined) return true;
  return "atLeast" in bar ? low >= bar.atLeast : high <= bar.atMost;
}

/** The line that is printed for a comparison. */
export function line(name: string, ratio: Interval, bar: Bar | undefined): string {
  const figures = `ratio=${short(ratio.median)} low=${short(ratio.low)} high=${short(ratio.high)}`;
  return `bench: ${name} ${figures} ${barText(bar)} ${verdict(ratio, bar)}`;
}

function barText(bar: Bar | undefined): string {
  if (bar === undefined) return "bar=none";
  return "atLeast" in bar ? `bar=>=${bar.atLeast}` : `bar=<=${bar.atMost}`;
}

function verdict(ratio: Interval, bar: Bar | undefined): string {
  if (bar === undefined) return "told";
  return holds(ratio, bar) ? "holds" : "falls short";
}

function short(value: number): string {
  return value.toFixed(2);
}

/** All lines once more, one below the other, with their columns in line. */
export function table(
  results: readonly { name: string; ratio: Interval; bar: Bar | undefined }[],
): string {
  const rows = [
    ["name", "ratio", "low", "high", "bar", ""],
    ...results.map(({ name, ratio, bar }) => [
      name,
      ...[ratio.median, ratio.low, ratio.high].map(short),
      barText(bar).slice("bar=".length),
      verdict(ratio, bar),
    ]),
  ];
  const width = (column: number): number =>
    Math.max(...rows.map((row) => (row[column] as string).length));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 || at > 3 ? cell.padEnd(width(at)) : cell.padStart(width(at))))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
