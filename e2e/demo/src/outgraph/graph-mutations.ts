import { isDeepStrictEqual } from "node:util";
import {
  accumulate,
  deleteEdge,
  deleteNode,
  type EdgeRef,
  edge,
  int,
  type Mutation,
  mergeEdge,
  mergeNode,
  type NodeRef,
  node,
  type Properties,
} from "@outgraph/events";
import { type Change, foldersOf } from "../codebase/changes.ts";
import type { CodeFile, CodeSymbol } from "../codebase/codebase.ts";
import { ingestedBytes, shortHash } from "../documents.ts";

/**
 * What a change does to the graph.
 *
 * Changes of one revision can take effect in any order: an edge to a file or symbol that is not there
 * yet makes it as a stub, and nothing refers to what another change deletes. Those of two revisions
 * cannot.
 */
export function graphMutations(repository: string, change: Change): Mutation[] {
  const root = node("Repository", { name: repository });
  const counted = { ingests: 1n, bytesIngested: int(ingestedBytes(change)) };
  return [...fileMutations(root, change), accumulate(root, { add: counted })];
}

function fileMutations(root: NodeRef, change: Change): Mutation[] {
  switch (change.kind) {
    case "added":
      return [mergeNode(root), ...place(root, change.after), ...content(undefined, change.after)];
    case "changed":
      return content(change.before, change.after);
    case "deleted": {
      const { path, symbols } = change.before;
      return [
        ...symbols.map(({ id }) => deleteNode(symbolRef(id))),
        deleteNode(fileRef(path)),
        ...change.folders.map((folder) => deleteNode(folderRef(folder))),
      ];
    }
  }
}

/** The folders that lead to a file. */
function place(root: NodeRef, { path }: CodeFile): Mutation[] {
  const mutations: Mutation[] = [];
  let parent = root;
  for (const [at, folder] of foldersOf(path).entries()) {
    const name = folder.slice(folder.lastIndexOf("/") + 1);
    mutations.push(mergeNode(folderRef(folder), { set: { name, depth: int(at + 1) } }));
    mutations.push(mergeEdge(edge("CONTAINS", parent, folderRef(folder))));
    parent = folderRef(folder);
  }
  mutations.push(mergeEdge(edge("CONTAINS", parent, fileRef(path))));
  return mutations;
}

function content(before: CodeFile | undefined, after: CodeFile): Mutation[] {
  const self = fileRef(after.path);
  const known = new Map(before?.symbols.map((symbol) => [symbol.id, symbol]));
  const gone = [...known.keys()].filter((id) => !after.symbols.some((symbol) => symbol.id === id));
  const imported = (file: CodeFile | undefined): Edges =>
    new Map(file?.imports.map(({ path, names, typeOnly }) => [path, { names, typeOnly }]));
  return [
    mergeNode(self, { set: fileProperties(after) }),
    accumulate(self, { add: { ingests: 1n }, append: { history: [shortHash(after)] } }),
    ...gone.map((id) => deleteNode(symbolRef(id))),
    ...after.symbols.flatMap((symbol) => symbolMutations(self, known.get(symbol.id), symbol)),
    ...edgeMutations(imported(before), imported(after), (path) =>
      edge("IMPORTS", self, fileRef(path)),
    ),
  ];
}

function symbolMutations(
  file: NodeRef,
  before: CodeSymbol | undefined,
  after: CodeSymbol,
): Mutation[] {
  if (isDeepStrictEqual(before, after)) return [];
  const self = symbolRef(after.id);
  const called = (symbol: CodeSymbol | undefined): Edges =>
    new Map(
      symbol?.calls.map((call) => [
        call.symbol,
        { count: int(call.count), lines: call.lines.map(int) },
      ]),
    );
  return [
    mergeNode(self, {
      set: symbolProperties(after),
      replace: true,
      [after.exported ? "addLabels" : "removeLabels"]: ["Exported"],
    }),
    ...(before === undefined ? [mergeEdge(edge("DEFINES", file, self))] : []),
    ...edgeMutations(called(before), called(after), (id) => edge("CALLS", self, symbolRef(id))),
  ];
}

/** Edges of one type from one node: the key of the other end → properties. */
type Edges = ReadonlyMap<string, Properties>;

function edgeMutations(before: Edges, after: Edges, ref: (end: string) => EdgeRef): Mutation[] {
  const gone = [...before.keys()].filter((end) => !after.has(end));
  const changed = [...after].filter(([end, set]) => !isDeepStrictEqual(before.get(end), set));
  return [
    ...gone.map((end) => deleteEdge(ref(end))),
    ...changed.map(([end, set]) => mergeEdge(ref(end), { set, replace: true })),
  ];
}

function fileProperties(file: CodeFile): Properties {
  const { name, language, test, averageLine, hash, modifiedAt, exports, externals } = file;
  const counts = { bytes: int(file.bytes), lines: int(file.lines) };
  return { name, language, test, averageLine, hash, modifiedAt, exports, externals, ...counts };
}

function symbolProperties(symbol: CodeSymbol): Properties {
  const { name, kind, exported, async, parameters, summary } = symbol;
  const lines = { line: int(symbol.line), endLine: int(symbol.endLine) };
  const declarations = int(symbol.declarations);
  return { name, kind, exported, async, parameters, summary, declarations, ...lines };
}

function folderRef(path: string): NodeRef {
  return node("Directory", { path });
}

function fileRef(path: string): NodeRef {
  return node("File", { path });
}

function symbolRef(id: string): NodeRef {
  return node("Symbol", { id });
}
