import { type Found, type Invariant, invariant } from "./invariant.ts";

export const noDuplicate: Invariant = invariant(
  "no-duplicate",
  "no entry took effect twice, and no two batches name one entry",
  [],
  function* ({ graph, outbox, events }): Generator<Found> {
    for (const { key, log } of graph.nodes) {
      for (const n of twice(log)) yield { what: `number ${n} is twice in its log`, node: key };
    }
    const counted = graph.edges.filter(({ type }) => type === "COUNTED");
    for (const edge of twice(counted.map(({ from, to, by }) => `${by} from ${from} to ${to}`))) {
      yield { what: `an edge is there twice: ${edge}` };
    }
    const linked = graph.edges.filter(({ type }) => type === "LINKED");
    for (const edge of twice(linked.map(({ from, to }) => `from ${from} to ${to}`))) {
      yield { what: `a merged edge is there twice: ${edge}` };
    }
    const acks = [
      ...(outbox?.acks ?? []),
      ...(events ?? []).filter(({ kind }) => kind === "acked"),
    ];
    const batchOf = new Map<string, number>();
    for (const ack of acks) {
      if (!("entries" in ack)) continue;
      for (const entry of ack.entries) {
        const other = batchOf.get(entry) ?? ack.batch;
        batchOf.set(entry, ack.batch);
        if (other === ack.batch) continue;
        yield { what: `batch ${other} and batch ${ack.batch} both applied it`, entry };
      }
    }
  },
);

/** Those that occur more than once, each once. */
function twice<T>(all: readonly T[]): ReadonlySet<T> {
  const seen = new Set<T>();
  return new Set(all.filter((each) => seen.has(each) || !seen.add(each)));
}
