import type { EdgeChange, LedgerEntry, Touch } from "./evidence.ts";
import type { Random } from "./random.ts";

/** What an entry is to do, before its transaction gave it its numbers. */
export interface Plan {
  readonly touches: readonly Omit<Touch, "n">[];
  readonly edges: readonly EdgeChange[];
}

/** An entry of any kind: one to `most` of these nodes, now and then deleted or made anew, and edges. */
export function anyPlan(random: Random, nodes: readonly string[], most = 3): Plan {
  const some = random.some(nodes, 1 + random.below(most));
  const touches = some.map((node) => ({ node, does: anyDeed(random) }));
  const there = touches.filter(({ does }) => does !== "delete").map(({ node }) => node);
  const pairs = there.flatMap((from) => there.map((to) => ({ from, to })));
  const edges = pairs
    .filter(({ from, to }) => from !== to && random.chance(0.5))
    .map((ends) => ({ ...ends, does: anyEdgeDeed(random) }));
  return { touches, edges };
}

/** An entry that only writes one node. */
export function plainPlan(node: string): Plan {
  return { touches: [{ node, does: "write" }], edges: [] };
}

/** An entry that cannot be applied before the gate is there. */
export function gatedPlan(node: string, gate: string): Plan {
  return {
    touches: [{ node, does: "write" }],
    edges: [{ from: node, to: gate, does: "merge", gate: true }],
  };
}

/** The entry that comes of a plan, with the number that each node's counter gave. */
export function entryOf(id: string, plan: Plan, numbers: ReadonlyMap<string, number>): LedgerEntry {
  const touches = plan.touches.map((touch) => {
    const n = numbers.get(touch.node);
    if (n === undefined) throw new Error(`no number for ${touch.node}`);
    return { ...touch, n };
  });
  return { id, touches, edges: plan.edges };
}

function anyDeed(random: Random): Touch["does"] {
  if (random.chance(0.08)) return "delete";
  return random.chance(0.05) ? "recreate" : "write";
}

function anyEdgeDeed(random: Random): EdgeChange["does"] {
  if (random.chance(0.1)) return "delete";
  return random.chance(0.3) ? "create" : "merge";
}
