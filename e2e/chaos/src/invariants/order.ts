import { type CanaryNode, SNAPSHOT_LOG_MAX } from "../truth/evidence.ts";
import { histories, type NodeHistory, nodeAfter } from "../truth/fold.ts";
import { standing } from "../truth/standing.ts";
import { type Found, type Invariant, invariant } from "./invariant.ts";

export const order: Invariant = invariant(
  "order",
  "entries that conflict take effect in the order of history, none before one that is set aside, and " +
    "the graph is a prefix of history at every moment",
  [],
  function* (evidence): Generator<Found> {
    const { skipped, aside } = standing(evidence);
    const byNode = histories(evidence.ledger, skipped);
    for (const node of evidence.graph.nodes) {
      const back = node.log.findIndex((n, i) => n < (node.log[i - 1] ?? 0));
      const log = `the log is ${brief(node.log)}`;
      if (back > 0)
        yield { what: `${node.log[back]} after ${node.log[back - 1]}: ${log}`, node: node.key };
      const waits = byNode.get(node.key)?.find(({ entry }) => aside.has(entry));
      const overtook = node.log.find((n) => waits !== undefined && n > waits.n);
      if (waits === undefined || overtook === undefined) continue;
      const what = `${overtook} was applied, and ${waits.n} before it is set aside`;
      yield { what, entry: waits.entry, node: node.key };
    }
    for (const [at, { nodes, batch }] of (evidence.snapshots ?? []).entries()) {
      for (const node of nodes) {
        const wanted = prefix(node, byNode.get(node.key) ?? []);
        if (wanted === undefined || wanted.join() === node.log.join()) continue;
        const what = `snapshot ${at} (batch ${batch}): the log was ${brief(node.log)}, a prefix would be ${brief(wanted)}`;
        yield { what, node: node.key };
      }
    }
    yield* ofAcks(evidence, byNode);
  },
);

/** What the log must be if its last number is the newest that took effect. */
function prefix({ key, log }: CanaryNode, history: NodeHistory): readonly number[] | undefined {
  const last = log.at(-1);
  if (last === undefined) return undefined;
  const whole = nodeAfter(key, history, last)?.log;
  return log.length < SNAPSHOT_LOG_MAX ? whole : whole?.slice(-SNAPSHOT_LOG_MAX);
}

/** The acks, too, must tell the entries of one node in the order of history. */
function* ofAcks(
  { outbox }: Parameters<Invariant["judge"]>[0],
  byNode: ReadonlyMap<string, NodeHistory>,
): Generator<Found> {
  const acks = outbox?.acks.toSorted((a, b) => a.batch - b.batch) ?? [];
  const place = new Map(acks.flatMap(({ entries }) => entries).map((entry, i) => [entry, i]));
  for (const [node, history] of byNode) {
    let before: { readonly n: number; readonly place: number } | undefined;
    for (const { entry, n } of history) {
      const mine = place.get(entry);
      if (mine === undefined) continue;
      if (before !== undefined && mine < before.place) {
        yield { what: `the acks name ${n} before ${before.n}`, entry, node };
      }
      before = { n, place: mine };
    }
  }
}

function brief(log: readonly number[]): string {
  if (log.length <= 40) return `[${log}]`;
  return `[${log.slice(0, 20)} … ${log.slice(-20)}] (${log.length})`;
}
