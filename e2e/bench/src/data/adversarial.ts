import { deleteNode, edge, int, mergeEdge, mergeNode, node } from "@outgraph/events";
import type { Dataset } from "./dataset.ts";
import { seeded } from "./random.ts";

/** What asks most of a relay, each in a dataset of its own. */
export const ADVERSARIAL: readonly ((scale: number) => Dataset)[] = [
  // Every entry changes the same node.
  (scale) => ({
    name: "hot",
    entries: times(20_000 * scale, (n) => [
      mergeNode(node("Hot", { id: "one" }), { set: { n: int(n) } }),
    ]),
  }),
  // Every entry ties a new node to the same hub.
  (scale) => ({
    name: "hub",
    entries: times(10_000 * scale, (n) => [
      mergeEdge(edge("AT", node("Ray", { id: `r-${n}` }), node("Hub", { id: "hub" }))),
    ]),
  }),
  // Nodes go and come again.
  (scale) => {
    const random = seeded(5);
    return {
      name: "churn",
      entries: times(15_000 * scale, (n) => {
        const churned = node("Churn", { id: `c-${Math.floor(random() * 500)}` });
        return random() < 0.5
          ? [deleteNode(churned)]
          : [mergeNode(churned, { set: { n: int(n) } })];
      }),
    };
  },
  // Each entry is a megabyte.
  (scale) => {
    const text = "x".repeat(1_000_000);
    return {
      name: "large",
      entries: times(100 * scale, (n) => [
        mergeNode(node("Large", { id: `l-${n}` }), { set: { text } }),
      ]),
    };
  },
  // Each entry has a thousand changes.
  (scale) => ({
    name: "wide",
    entries: times(40 * scale, (n) =>
      times(1_000, (m) => mergeNode(node("Wide", { id: `w-${n}-${m}` }), { set: { m: int(m) } })),
    ),
  }),
];

function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: Math.round(count) }, (_, n) => make(n));
}
