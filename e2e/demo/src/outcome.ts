import type { Verdict } from "@outgraph/checker";

/** What one run of the demo came to. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly files: number;
  readonly symbols: number;
  /** Changes sent, over both revisions. */
  readonly entries: number;
  readonly kills: readonly KillCount[];
  /** From commit to visible in the graph. */
  readonly lag?: { readonly throughKills: LagFound; readonly calm: LagFound };
}

/** Of how many entries the lag was measured, and what it was, in milliseconds. */
export interface LagFound {
  readonly measured: number;
  readonly p50: number;
  readonly p99: number;
}

export interface KillCount {
  readonly victim: string;
  readonly times: number;
}

/** How many kills there were in all. */
export function killsOf({ kills }: Outcome): number {
  return kills.reduce((sum, { times }) => sum + times, 0);
}

/** What is counted, for the last line. */
export function countsOf(outcome: Outcome): string {
  const { nodes, edges, missing, extra, twice } = outcome.verdict;
  const documents = outcome.files + outcome.symbols;
  return (
    `documents=${documents} nodes=${nodes} edges=${edges} ` +
    `missing=${missing} extra=${extra} twice=${twice} kills=${killsOf(outcome)}`
  );
}
