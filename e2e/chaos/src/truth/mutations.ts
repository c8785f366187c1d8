import {
  accumulate,
  createEdge,
  deleteEdge,
  deleteNode,
  edge,
  type Mutation,
  mergeEdge,
  mergeNode,
  type NodeRef,
  node,
} from "@outgraph/events";
import type { EdgeChange, LedgerEntry, Touch } from "./evidence.ts";

/** The label of canary nodes, whose key is `id`. */
export const CANARY = "ChaosCanary";

/** The label of gates, whose key is `id`. */
export const GATE = "ChaosGate";

/** What an entry of the ledger tells the graph. */
export function mutationsOf({ id, touches, edges }: LedgerEntry): readonly Mutation[] {
  return [
    ...touches.flatMap((touch) => ofNode(id, touch)),
    ...edges.map((each) => ofEdge(id, each)),
  ];
}

function ofNode(id: string, { node: key, n, does }: Touch): Mutation[] {
  const canary = canaryNode(key);
  if (does === "delete") return [deleteNode(canary)];
  const made = [
    mergeNode(canary, { set: { n: BigInt(n), by: id } }),
    accumulate(canary, { append: { log: [BigInt(n)] } }),
  ];
  return does === "recreate" ? [deleteNode(canary), ...made] : made;
}

function ofEdge(id: string, { from, to, does, gate = false }: EdgeChange): Mutation {
  const ends = [canaryNode(from), gate ? node(GATE, { id: to }) : canaryNode(to)] as const;
  const absentEnds = gate ? "require" : "stub";
  switch (does) {
    case "merge":
      return mergeEdge(edge("LINKED", ...ends), { set: { by: id }, absentEnds });
    case "create":
      return createEdge("COUNTED", ...ends, { by: id }, { absentEnds });
    case "delete":
      return deleteEdge(edge("LINKED", ...ends));
  }
}

function canaryNode(key: string): NodeRef {
  return node(CANARY, { id: key });
}
