import { edge, type Mutation, mergeEdge, mergeNode, newEntryId, node } from "@outgraph/events";

/** What every arm appends: a symbol of a codebase, as a document, a node and an edge to its file. */
export interface Symbol {
  readonly entryId: string;
  readonly document: {
    readonly _id: string;
    readonly name: string;
    readonly kind: string;
    readonly file: string;
    readonly line: number;
    readonly signature: string;
    readonly doc: string;
  };
  readonly event: { readonly type: string; readonly mutations: Mutation[] };
}

/** Who appends. */
export const SOURCE = "bench";

/** The n-th symbol: some 300 bytes of document, and some 250 of entry. */
export function symbol(n: number): Symbol {
  const file = `services/relay/src/part-${n % 97}/module-${n % 1_009}.ts`;
  const _id = `${file}#symbol_${n}`;
  const signature = `symbol_${n}(batch: readonly Entry[], limit: number): Promise<Outcome>`;
  const self = node("Symbol", { id: _id });
  return {
    entryId: newEntryId(),
    document: {
      _id,
      name: `symbol_${n}`,
      kind: "function",
      file,
      line: n % 5_000,
      signature,
      doc: "Commits what the journal does not name yet, and returns what it does.",
    },
    event: {
      type: "code.v1.SymbolSeen",
      mutations: [
        mergeNode(self, {
          set: { name: `symbol_${n}`, kind: "function", line: BigInt(n % 5_000) },
        }),
        mergeEdge(edge("DEFINED_IN", self, node("File", { path: file }))),
      ],
    },
  };
}
