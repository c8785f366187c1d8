import type { Blocking, GivenUp, Held } from "./blocking.ts";
import type { SequencesCompared } from "./compare-sequences.ts";
import type { KilledScan } from "./scan-through-kills.ts";
import type { TimedScan } from "./speed.ts";

/** Everything that was found. */
export interface Found {
  readonly sequences: SequencesCompared;
  readonly signatures: readonly string[];
  readonly timed: readonly TimedScan[];
  readonly outgraph: KilledScan;
}

/** How many times as fast the scan is through Outgraph, until the graph has it all. */
export function speedupOf(timed: readonly TimedScan[]): number {
  return rateOf(timed, "outgraph", "graphSeconds") / rateOf(timed, "direct", "graphSeconds");
}

/** Symbols a second, over all scans of a way. */
export function rateOf(
  timed: readonly TimedScan[],
  way: TimedScan["way"],
  until: "committedSeconds" | "graphSeconds",
): number {
  const scans = timed.filter((each) => each.way === way);
  const sum = (of: (each: TimedScan) => number): number =>
    scans.reduce((all, each) => all + of(each), 0);
  return sum((each) => each.stats.symbols) / sum((each) => each[until]);
}

/** What does not hold, each in a line; none when all does. */
export function faultsOf(found: Found): string[] {
  const { sequences, outgraph, timed } = found;
  const faults = found.signatures.map((line) => `signature: ${line}`);
  for (const { seed, differences } of sequences.different) {
    faults.push(`sequence of seed ${seed} differs:`, ...differences.map((line) => `  ${line}`));
  }
  const { missing, extra, broken, examples } = outgraph.atEnd;
  if (missing + extra > 0) {
    faults.push(`after kills ${missing} facts are missing, ${extra} extra:`);
    faults.push(...examples.map((line) => `  ${line.slice(0, 300)}`));
  }
  if (outgraph.halfFiles > 0) faults.push(`${outgraph.halfFiles} files were half there`);
  if (broken.length > 0) faults.push(`the next scan skips broken files: ${broken.join(", ")}`);
  if (outgraph.next.processed > 0) faults.push("a scan without changes indexed files again");
  if (outgraph.errors.length > 0) faults.push(...outgraph.errors.map((line) => `scanner: ${line}`));
  for (const { way, comparison } of timed) {
    const { missing, extra } = comparison;
    if (missing + extra > 0) faults.push(`an undisturbed ${way} scan: -${missing} +${extra}`);
  }
  return faults;
}

export function sequencesLine(found: SequencesCompared): string {
  const { sequences, calls, seconds, different } = found;
  return (
    `sequences    ${sequences} with ${calls} calls, in ${seconds.toFixed(0)} s; ` +
    `${different.length} differ`
  );
}

export function timedLine({ way, stats, committedSeconds, graphSeconds }: TimedScan): string {
  const rate = (seconds: number): string => `${(stats.symbols / seconds).toFixed(1)} symbols/s`;
  const statements = stats.statements === null ? "" : `, ${stats.statements} statements`;
  return (
    `scan         ${way.padEnd(9)} ${stats.processed} files, ${stats.symbols} symbols${statements}: ` +
    `committed ${rate(committedSeconds)}, in the graph ${rate(graphSeconds)}`
  );
}

export function killsLine(way: TimedScan["way"], scan: KilledScan): string {
  const { files, symbols, facts, missing, extra, broken } = scan.atEnd;
  return (
    `kills        ${way.padEnd(9)} ${scan.kills} kills, ${files} files, ${symbols} symbols, ` +
    `${facts} facts: missing ${missing}, extra ${extra}; ${scan.repeated} scans failed and were ` +
    `repeated; half files right after a kill of the scanner ${scan.halfFiles}; broken files that ` +
    `the next scan skips ${broken.length}`
  );
}

export function blockingLines(blocking: Blocking): string[] {
  const held = ({ median_seconds, most_seconds, calls }: Held): string =>
    `${(median_seconds * 1000).toFixed(1)} ms (most ${(most_seconds * 1000).toFixed(1)}, of ${calls})`;
  const given = ({ seconds, attempts, measured_seconds }: GivenUp): string =>
    `${seconds.toFixed(0)} s until it raises, ${attempts} attempts (reckoned up from ` +
    `${measured_seconds.toFixed(1)} s with pauses of a hundredth)`;
  return [
    `Neo4j away   upsert_symbol: outgraph ${held(blocking.outgraph_upsert_symbol)}`,
    `             upsert_symbol: direct ${given(blocking.direct_upsert_symbol)}`,
    `             create_event: outgraph ${held(blocking.outgraph_create_event)}`,
    `             create_event: direct ${given(blocking.direct_create_event)}`,
  ];
}

export function lastLine({ sequences, outgraph, timed }: Found, good: boolean): string {
  const { files, symbols, missing, extra } = outgraph.atEnd;
  return (
    `xmem: ${good ? "ok" : "failed"} sequences=${sequences.sequences} files=${files} ` +
    `symbols=${symbols} missing=${missing} extra=${extra} speedup=${speedupOf(timed).toFixed(1)}`
  );
}
