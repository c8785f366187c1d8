import { create } from "@bufbuild/protobuf";
import {
  accumulate,
  createEdge,
  deleteEdge,
  deleteEdges,
  deleteNode,
  deleteNodes,
  edge,
  edgesWhere,
  type Mutation,
  mergeEdge,
  mergeEdges,
  mergeNode,
  node,
  nodesWhere,
  updateEdges,
  updateNodes,
  ValueSchema,
} from "@outgraph/events";

const file = node("File", { repo: "r", path: "src/a.ts" });
const symbol = node("Symbol", { id: 7n });
const defines = edge("DEFINES", file, symbol);
const symbols = nodesWhere("Symbol", { file: "src/a.ts", exported: true });

/** Every kind of mutation, with every field of it set at least once. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "merge node": mergeNode(file, { set: { size: 1n, lang: "ts" }, unset: ["old"] }),
  "merge node, bare": mergeNode(symbol),
  "merge node, replacing": mergeNode(symbol, { set: { name: "f" }, replace: true }),
  "merge node, labels": mergeNode(symbol, { addLabels: ["Function"], removeLabels: ["Class"] }),
  "merge node, null": mergeNode(symbol, { set: { doc: null } }),
  "merge node, keys of every type": mergeNode(
    node("Größe", {
      b: false,
      d: create(ValueSchema, { kind: { case: "dateValue", value: { epochDays: -1 } } }),
      i: -(2n ** 63n),
      l: create(ValueSchema, {
        kind: { case: "localDateTimeValue", value: { epochSeconds: 0n, nanos: 1 } },
      }),
      s: "",
    }),
  ),
  "merge node, names in the order of their bytes": mergeNode(symbol, {
    set: { "\u{10400}": 1n, "\uffdc": 2n, B: 3n, a: 4n, _a: 5n },
  }),
  "merge node, a name that begins another": mergeNode(symbol, { set: { ab: 1n, a: 2n, abc: 3n } }),
  "delete node": deleteNode(file),
  "merge edge": mergeEdge(defines, { set: { line: 3n }, unset: ["old"] }),
  "merge edge, keyed": mergeEdge(edge("CALLS", symbol, symbol, { line: 3n, arm: "left" })),
  "merge edge, replacing": mergeEdge(defines, { set: { line: 3n }, replace: true }),
  "merge edge, stub": mergeEdge(defines, { absentEnds: "stub" }),
  "merge edge, require": mergeEdge(defines, { absentEnds: "require" }),
  "merge edge, if present": mergeEdge(defines, { absentEnds: "if_present" }),
  "create edge": createEdge("SAW", symbol, file, { at: 1.5 }, { absentEnds: "require" }),
  "delete edge": deleteEdge(defines),
  "delete edge, keyed": deleteEdge(edge("CALLS", symbol, symbol, { line: 3n })),
  "accumulate on a node": accumulate(symbol, { add: { calls: 1n, weight: -0.5 } }),
  "accumulate on an edge": accumulate(defines, {
    append: { lines: [1n, 2n], notes: [] },
    absentEnds: "if_present",
  }),
  "update nodes": updateNodes(symbols, { set: { stale: true }, unset: ["seen"] }),
  "delete nodes": deleteNodes(nodesWhere("Symbol")),
  "merge edges": mergeEdges("CALLS", symbols, nodesWhere("Symbol"), {
    key: { line: 1n },
    set: { direct: true },
    unset: ["old"],
  }),
  "merge edges, replacing": mergeEdges("CALLS", symbols, symbols, { replace: true }),
  "update edges": updateEdges(
    edgesWhere("CALLS", { from: symbols, to: symbols }, { direct: false }),
    { set: { direct: true }, unset: ["old"] },
  ),
  "delete edges, open ends": deleteEdges(edgesWhere("CALLS")),
};
