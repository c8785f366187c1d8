import { edge, int, mergeEdge, mergeNode, node } from "@outgraph/events";
import type { Dataset } from "../data/dataset.ts";

/** So many files the symbols are in. */
const FILES = 1_009;

/**
 * Symbols of a codebase as they come one by one: each an entry that merges its node, its file's and
 * the edge between them. The number of a symbol is its key, and so it is indexed.
 */
export function symbols(count: number): Dataset {
  return { name: "symbols", entries: Array.from({ length: count }, (_, number) => symbol(number)) };
}

function symbol(number: number) {
  const self = node("Symbol", { number: int(number) });
  const file = node("File", { path: `services/relay/src/module-${number % FILES}.ts` });
  const set = {
    name: `symbol_${number}`,
    kind: "function",
    line: int(number % 5_000),
    signature: `symbol_${number}(batch: readonly Entry[], limit: number): Promise<Outcome>`,
  };
  return [mergeNode(self, { set }), mergeNode(file), mergeEdge(edge("DEFINED_IN", self, file))];
}
