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
} from "@outgraph/events";
import { describe, expect, test } from "vitest";
import { conflicts, TouchIndex } from "./conflicts.ts";
import { LabelCompany } from "./label-company.ts";
import { entryOf, mutationOf } from "./test/entries.ts";
import { matchedLabels, touches } from "./touches.ts";

const a = node("A", { id: 1n });
const a2 = node("A", { id: 2n });
const b = node("B", { id: 1n });
const hub = node("Hub", { id: "h" });
const t = edge("T", a, b);
const t1 = edge("T", a, b, { k: 1n });
const t2 = edge("T", a, b, { k: 2n });
const tj = edge("T", a, b, { j: 1n });
const require_ = { absentEnds: "require" } as const;
const ifPresent = { absentEnds: "if_present" } as const;
const everyA = nodesWhere("A", { x: 1n });
const everyE = nodesWhere("E");
const everyT = edgesWhere("T");
const touched = (...mutations: Mutation[]) => touches(entryOf(mutations));

const CONFLICT: [string, Mutation, Mutation][] = [
  ["two writes of one node", mergeNode(a), accumulate(a, { add: { n: 1n } })],
  ["a write and a delete of one node", mergeNode(a), deleteNode(a)],
  ["a write and a stub end", mergeNode(a), mergeEdge(t)],
  ["a write and a required end", mergeNode(a), mergeEdge(t, require_)],
  ["a write and an end of an edge that goes", mergeNode(a), deleteEdge(t)],
  ["a delete and an optional end", deleteNode(b), createEdge("T", a, b, {}, ifPresent)],
  ["a stub end and a required one", mergeEdge(edge("U", a, hub)), mergeEdge(t, require_)],
  ["a stub end and an optional one", mergeEdge(edge("U", a, hub)), mergeEdge(t, ifPresent)],
  ["two merges of one edge", mergeEdge(t, ifPresent), mergeEdge(t, ifPresent)],
  ["a merge and one more edge", mergeEdge(t), createEdge("T", a, b)],
  ["an edge and any of its type", mergeEdge(t1), deleteEdge(t)],
  ["one more edge and one by its key", createEdge("T", a, b), mergeEdge(t1)],
  ["an edge by one key", mergeEdge(t1), accumulate(t1, { add: { n: 1n } })],
  ["edges by keys of two shapes", mergeEdge(t1), mergeEdge(tj)],
  ["a node and its label by match", mergeNode(a), updateNodes(everyA, { set: { y: 1n } })],
  ["a stub end and its label by match", mergeEdge(t), deleteNodes(everyA)],
  ["a required end and its label by match", mergeEdge(t, require_), deleteNodes(everyA)],
  ["an end of an edge that goes and its label by match", deleteEdge(t), deleteNodes(everyA)],
  ["a label by match, twice", deleteNodes(everyA), updateNodes(everyA, { set: { y: 1n } })],
  ["a node and ends by match", mergeNode(a), mergeEdges("U", everyA, nodesWhere("B"))],
  ["a stub end and ends by match", mergeEdge(t), mergeEdges("U", everyA, nodesWhere("C"))],
  [
    "a label by match and ends by match",
    updateNodes(everyA, { set: { x: 2n } }),
    deleteEdges(edgesWhere("U", { from: everyA })),
  ],
  ["an edge and its type by match", mergeEdge(t1), updateEdges(everyT, { set: { y: 1n } })],
  ["one more edge and its type by match", createEdge("T", a, b), deleteEdges(everyT)],
  ["an edge that goes and its type by match", deleteEdge(t), deleteEdges(everyT)],
  ["a type by match, twice", deleteEdges(everyT), updateEdges(everyT, { set: { y: 1n } })],
  ["a delete and edges by match, whatever they are", deleteNode(hub), deleteEdges(everyT)],
  ["a delete by match and edges by match", deleteNodes(nodesWhere("Hub")), deleteEdges(everyT)],
  [
    "a label that is given and nodes of it by match",
    mergeNode(a, { addLabels: ["E"] }),
    deleteNodes(everyE),
  ],
  [
    "a label that is taken and nodes of it by match",
    mergeNode(a, { removeLabels: ["E"] }),
    deleteNodes(everyE),
  ],
];

const APART: [string, Mutation, Mutation][] = [
  ["two nodes of a label", mergeNode(a), mergeNode(a2)],
  ["two keys in different labels", mergeNode(a), deleteNode(b)],
  ["stub ends at one hub", mergeEdge(edge("T", a, hub)), mergeEdge(edge("T", b, hub))],
  [
    "required ends at one hub",
    mergeEdge(edge("T", a, hub), require_),
    mergeEdge(edge("U", a, hub), require_),
  ],
  [
    "edges that go at one hub",
    deleteEdge(edge("T", a, hub)),
    mergeEdge(edge("T", b, hub), require_),
  ],
  ["edges of two types between two ends", mergeEdge(t), mergeEdge(edge("U", a, b))],
  ["edges in the two directions", mergeEdge(t), mergeEdge(edge("T", b, a))],
  ["edges by two keys of one shape", mergeEdge(t1), deleteEdge(t2)],
  ["two more edges", createEdge("T", a, b), createEdge("T", a, b)],
  ["matches of two labels", deleteNodes(everyA), updateNodes(nodesWhere("B"), { set: { y: 1n } })],
  [
    "matches of two types at the same ends",
    mergeEdges("T", everyA, everyE),
    mergeEdges("U", everyA, everyE),
  ],
  ["a node and edges by match elsewhere", mergeNode(a), deleteEdges(everyT)],
  [
    "a required end and ends by match",
    mergeEdge(edge("U", a, b), require_),
    mergeEdges("V", everyA, everyE),
  ],
];

test.each(CONFLICT)("%s conflict", (_, one, other) => {
  expect(conflicts(touched(one), touched(other))).toBe(true);
  expect(conflicts(touched(other), touched(one))).toBe(true);
});

test.each(APART)("%s do not conflict", (_, one, other) => {
  expect(conflicts(touched(one), touched(other))).toBe(false);
  expect(conflicts(touched(other), touched(one))).toBe(false);
});

describe("a label that nodes have besides their key label", () => {
  const byMatch = touched(deleteNodes(everyE));

  test("makes a match of it conflict with writes by the key, once that is known", () => {
    const known = new LabelCompany();
    known.learnBeside("E", ["A", "B"]);

    expect(matchedLabels(byMatch)).toEqual(["E"]);
    expect(conflicts(byMatch, touched(mergeNode(a)))).toBe(false);
    expect(conflicts(byMatch, touched(mergeNode(a)), known)).toBe(true);
    expect(conflicts(byMatch, touched(mergeNode(hub)), known)).toBe(false);
  });

  test("makes two matches conflict that may meet in one node", () => {
    const known = new LabelCompany();
    known.learnFrom(touched(mergeNode(a, { addLabels: ["E"] })));
    known.learnFrom(touched(mergeNode(a, { addLabels: ["F"] })));

    const other = touched(deleteNodes(nodesWhere("F")));
    expect(conflicts(byMatch, other)).toBe(false);
    expect(conflicts(byMatch, other, known)).toBe(true);
  });
});

test("an index names those that touched a thing last", () => {
  const index = new TouchIndex<string>();
  index.add(touched(mergeNode(a)), "first");
  index.add(touched(mergeNode(a), mergeNode(b)), "second");
  index.add(touched(mergeEdge(t)), "third");

  expect([...index.conflicting(touched(deleteNode(b)))]).toEqual(["second", "third"]);
  expect([...index.conflicting(touched(mergeNode(a2)))]).toEqual([]);
});

test("a mutation that the contract refuses takes nothing else with it", () => {
  const refused = mutationOf({ case: "mergeNode", value: { node: node("no label", { id: 1n }) } });

  expect(touched(refused, mergeNode(a))).toEqual(touched(mergeNode(a)));
});
