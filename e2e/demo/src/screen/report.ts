import { countsOf, killsOf, type LagFound, type Outcome } from "../outcome.ts";
import type { PhaseTime, Screen } from "./screen.ts";
import { type Row, table } from "./table.ts";
import { count, duration } from "./units.ts";

/** Shows what a run came to: the table, and what differs, readable one by one. */
export function report(screen: Screen, outcome: Outcome): void {
  screen.line();
  const { paint } = screen;
  screen.line(
    table(rowsOf(outcome, screen.times), {
      frame: (text) => paint("dim", text),
      good: (text) => paint("green", text),
      bad: (text) => paint("red", text),
      note: (text) => paint("dim", text),
    }),
  );
  const { first, missing, extra, different, twice, lost } = outcome.verdict;
  if (first.length === 0) return;
  const all = missing + extra + different + twice + lost;
  screen.line();
  screen.line(paint("bold", `What differs, ${count(first.length)} of ${count(all)}:`));
  for (const { kind, what } of first.toSorted((a, b) => a.kind.localeCompare(b.kind)))
    screen.line(`  ${paint("red", kind.padEnd(9))} ${what}`);
}

/** The last line of the ordinary demo. */
export function lastLine(outcome: Outcome): string {
  if (outcome.verdict.equal) return `demo: ok ${countsOf(outcome)}`;
  const { different, lost } = outcome.verdict;
  return `demo: failed ${countsOf(outcome)} different=${different} lost=${lost}`;
}

/** The last line of the demo that writes twice. */
export function dualWriteLine(outcome: Outcome): string {
  return `demo: dual-write ${countsOf(outcome)}`;
}

function rowsOf(outcome: Outcome, times: readonly PhaseTime[]): Row[] {
  const { verdict, files, symbols, entries, kills, lag } = outcome;
  const fault = (name: string, value: number, note: string): Row => ({
    ...{ name, value: count(value), note, bad: value > 0 },
  });
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  return [
    row("documents", count(files + symbols), `${count(files)} files, ${count(symbols)} symbols`),
    row("nodes", count(verdict.nodes), "read back from Neo4j"),
    row("edges", count(verdict.edges), "read back from Neo4j"),
    row(
      outcome.verdict.equal ? "kills survived" : "kills",
      count(killsOf(outcome)),
      kills.map(({ victim, times }) => `${victim} ${times}`).join(", "),
    ),
    undefined,
    fault("missing", verdict.missing, "documents say it, the graph does not have it"),
    fault("extra", verdict.extra, "the graph has it, documents do not say it"),
    fault("different", verdict.different, "labels or properties are not those of the document"),
    fault(
      "applied twice",
      verdict.twice,
      `of ${count(entries)} entries, each of which counts itself`,
    ),
    fault("lost", verdict.lost, `of ${count(entries)} entries`),
    undefined,
    ...(lag
      ? [
          lagRow("lag p50 · p99", lag.throughKills, "entries, through all kills"),
          lagRow("… when calm", lag.calm, "entries, one after another"),
          undefined,
        ]
      : []),
    ...times.map(({ name, ms }) => row(name, duration(ms), "")),
    row("in all", duration(total), ""),
  ];
}

function row(name: string, value: string, note: string): Row {
  return { name, value, note };
}

function lagRow(name: string, { measured, p50, p99 }: LagFound, what: string): Row {
  const value = `${duration(p50)} · ${duration(p99)}`;
  return row(name, value, `commit to visible, ${count(measured)} ${what}`);
}
