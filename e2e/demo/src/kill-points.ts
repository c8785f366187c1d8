/** At how many changes, counted over both revisions, something is killed, and which. */
export interface PlannedKill {
  readonly at: number;
  readonly what: "worker" | "neo4j";
}

/**
 * Spreads kills over a stream of two revisions, half of them in each: the worker's (the relay, or the
 * program that writes twice) before and after the one of Neo4j, which comes early in the second.
 */
export function plannedKills(
  first: number,
  second: number,
  { workerKills }: { readonly workerKills: number },
): PlannedKill[] {
  const kills = workerKills + 1;
  const early = Math.ceil(kills / 2);
  const late = kills - early;
  const spread = (from: number, size: number, times: number): number[] =>
    Array.from({ length: times }, (_, n) => from + Math.round((size * (n + 1)) / (times + 1)));
  const points = [...spread(0, first, early), ...spread(first, second, late)];
  const neo4j = late > 0 ? early : 0;
  return points.map((at, n) => ({ at: Math.max(1, at), what: n === neo4j ? "neo4j" : "worker" }));
}
