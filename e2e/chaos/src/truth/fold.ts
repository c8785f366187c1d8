import type { CanaryEdge, CanaryNode, LedgerEntry, Touch } from "./evidence.ts";

/** One entry's change of a node. */
export interface Step extends Touch {
  readonly entry: string;
}

/** What happened to a node, in the order of history. */
export type NodeHistory = readonly Step[];

/** Every node's history. @param without entries that did not take effect. */
export function histories(
  ledger: readonly LedgerEntry[],
  without: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, NodeHistory> {
  const byNode = new Map<string, Step[]>();
  for (const { id, touches } of ledger) {
    if (without.has(id)) continue;
    for (const touch of touches) {
      const steps = byNode.get(touch.node) ?? [];
      byNode.set(touch.node, steps);
      steps.push({ ...touch, entry: id });
    }
  }
  for (const steps of byNode.values()) steps.sort((a, b) => a.n - b.n);
  return byNode;
}

/** The node after its history up to the number `upTo`; undefined when it does not exist then. */
export function nodeAfter(
  key: string,
  history: NodeHistory,
  upTo: number = Number.POSITIVE_INFINITY,
): CanaryNode | undefined {
  let log: number[] | undefined;
  let last: Step | undefined;
  for (const step of history) {
    if (step.n > upTo) break;
    last = step;
    if (step.does === "delete") log = undefined;
    else if (step.does === "recreate" || log === undefined) log = [step.n];
    else log.push(step.n);
  }
  return log && last && { key, log, n: last.n, by: last.entry };
}

/** The edges after the whole history. @param without entries that did not take effect. */
export function edgesAfter(
  ledger: readonly LedgerEntry[],
  without: ReadonlySet<string> = new Set(),
): readonly CanaryEdge[] {
  const took = ledger.filter(({ id }) => !without.has(id));
  const gone = lastDeletions(took);
  // An entry that deletes a node and makes it again does so before it makes edges.
  const survives = (node: string, n: number | undefined): boolean =>
    n === undefined || n >= (gone.get(node) ?? 0);
  const linked = new Map<string, { readonly n: number; readonly edge: CanaryEdge | undefined }>();
  const edges: CanaryEdge[] = [];
  for (const { id, touches, edges: changes } of took) {
    const numbers = new Map(touches.map(({ node, n }) => [node, n]));
    for (const { from, to, does } of changes) {
      if (!survives(from, numbers.get(from)) || !survives(to, numbers.get(to))) continue;
      if (does === "create") edges.push({ type: "COUNTED", from, to, by: id });
      else {
        const ends = JSON.stringify([from, to]);
        const n = numbers.get(from) ?? 0;
        if (n < (linked.get(ends)?.n ?? 0)) continue;
        const edge = { type: "LINKED", from, to, by: id } as const;
        linked.set(ends, { n, edge: does === "merge" ? edge : undefined });
      }
    }
  }
  for (const { edge } of linked.values()) if (edge !== undefined) edges.push(edge);
  return edges;
}

/** For each node, the number of the last entry that deleted it. */
function lastDeletions(ledger: readonly LedgerEntry[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const { node, n, does } of ledger.flatMap(({ touches }) => touches)) {
    if (does !== "write") last.set(node, Math.max(n, last.get(node) ?? 0));
  }
  return last;
}
