import type { CanaryEdge, CanaryNode } from "../truth/evidence.ts";
import { edgesAfter, histories, nodeAfter } from "../truth/fold.ts";
import { standing } from "../truth/standing.ts";
import { type Found, type Invariant, invariant } from "./invariant.ts";

export const graphIsFold: Invariant = invariant(
  "graph-is-fold",
  "nodes, properties and edges are exactly what the history gives when it is applied one by one",
  [],
  function* (evidence): Generator<Found> {
    const { skipped, aside, pending } = standing(evidence);
    const without = skipped.union(aside);
    // What is pending may be there or not: its nodes are left to the other invariants.
    const open = new Set(
      evidence.ledger
        .flatMap(({ id, touches }) => (pending.has(id) ? touches : []))
        .map(({ node }) => node),
    );
    const nodes = new Map(evidence.graph.nodes.map((node) => [node.key, node]));
    for (const [key, history] of histories(evidence.ledger, without)) {
      const there = nodes.get(key);
      nodes.delete(key);
      const wanted = nodeAfter(key, history);
      if (open.has(key) || inWriting(wanted) === inWriting(there)) continue;
      yield {
        what: `history gives ${inWriting(wanted)}, the graph has ${inWriting(there)}`,
        node: key,
      };
    }
    for (const [key, node] of nodes) {
      if (!open.has(key))
        yield { what: `history gives none, the graph has ${inWriting(node)}`, node: key };
    }
    const decided = ({ from, to }: CanaryEdge): boolean => !open.has(from) && !open.has(to);
    const wanted = counted(edgesAfter(evidence.ledger, without).filter(decided));
    const there = counted(evidence.graph.edges.filter(decided));
    for (const edge of new Set([...wanted.keys(), ...there.keys()])) {
      const [want, have] = [wanted.get(edge) ?? 0, there.get(edge) ?? 0];
      if (want !== have) yield { what: `history gives ${want} of ${edge}, the graph has ${have}` };
    }
  },
);

function inWriting(node: CanaryNode | undefined): string {
  if (node === undefined) return "no node";
  return `log [${node.log}], n ${node.n}, by ${node.by}`;
}

function counted(edges: readonly CanaryEdge[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type, from, to, by } of edges) {
    const edge = `(${from})-[${type} by ${by}]->(${to})`;
    counts.set(edge, (counts.get(edge) ?? 0) + 1);
  }
  return counts;
}
