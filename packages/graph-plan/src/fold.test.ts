import { create } from "@bufbuild/protobuf";
import {
  accumulate,
  deleteEdge,
  deleteNode,
  edge,
  type Mutation,
  MutationSchema,
  mergeEdge,
  mergeNode,
  NodeRefSchema,
  node,
} from "@outgraph/events";
import { expect, test } from "vitest";
import { EntryRefused } from "./entry-refused.ts";
import { fold } from "./fold.ts";
import type { Segment } from "./segment.ts";
import { entryOf } from "./test/entries.ts";
import { plain } from "./test/plain.ts";

const a = node("A", { id: 1n });
const b = node("B", { id: 1n });
const ab = edge("T", a, b);

const folded = (...mutations: Mutation[]) => fold(mutations.map((each) => entryOf([each])));

const only = (segments: Segment[]): Segment => {
  expect(segments).toHaveLength(1);
  return segments[0]!;
};

test("nothing folds to nothing", () => {
  expect(fold([])).toEqual([]);
  expect(fold([entryOf([])])).toEqual([]);
});

test("a node has one row, whatever was merged into it", () => {
  const { nodeMerges } = only(
    folded(
      mergeNode(a, { set: { x: 1n, y: 1n }, addLabels: ["E", "F"] }),
      mergeNode(a, { set: { x: 2n }, unset: ["y"], removeLabels: ["E"] }),
      accumulate(a, { add: { n: 1n }, append: { l: [1n] } }),
      accumulate(a, { add: { n: 0.5 }, append: { l: [2n, 3n] } }),
    ),
  );

  expect(nodeMerges).toHaveLength(1);
  const { change, stub, addLabels, removeLabels } = nodeMerges[0]!;
  expect({ stub, addLabels, removeLabels }).toEqual({
    stub: false,
    addLabels: ["F"],
    removeLabels: ["E"],
  });
  expect([...change.set].map(([name, value]) => [name, value && plain(value)])).toEqual([
    ["x", 2n],
    ["y", null],
  ]);
  expect(change.add.get("n")?.map(plain)).toEqual([1n, 0.5]);
  expect(plain(change.append.get("l")!.list)).toEqual([1n, 2n, 3n]);
});

test("the entries are left as they were", () => {
  const entries = [1n, 2n, 3n].map((item) => entryOf([accumulate(a, { append: { l: [item] } })]));
  const before = structuredClone(entries);

  fold(entries);

  expect(entries).toEqual(before);
});

test("a delete forgets what was written to the node and the edges at it, not the stubs they made", () => {
  const segment = only(
    folded(
      mergeNode(a, { set: { x: 1n } }),
      mergeEdge(ab),
      deleteEdge(ab),
      mergeEdge(ab),
      deleteNode(a),
    ),
  );

  expect(segment.nodeDeletes.map(({ shape }) => shape.label)).toEqual(["A"]);
  expect(segment.nodeMerges.map(({ node: { shape }, stub }) => [shape.label, stub])).toEqual([
    ["B", true],
  ]);
  expect([segment.edgeDeletes, segment.edgeMerges]).toEqual([[], []]);
});

test("a node that is deleted and made again goes first, with its old edges and properties", () => {
  const segment = only(folded(deleteNode(a), mergeNode(a, { set: { x: 1n } }), mergeEdge(ab)));

  expect(segment.nodeDeletes).toHaveLength(1);
  expect(segment.nodeMerges.map((merge) => merge.stub)).toEqual([false, true]);
  expect(segment.edgeMerges.map((merge) => merge.ends)).toEqual(["made"]);
});

test.each<[string, Mutation[]]>([
  [
    "nodes and edges, written and deleted over and over",
    [
      mergeNode(a),
      deleteNode(a),
      mergeEdge(ab),
      deleteEdge(ab),
      mergeNode(b),
      deleteNode(b),
      mergeEdge(ab),
    ],
  ],
  [
    "looks at ends that the batch has made",
    [mergeNode(a), mergeNode(b), mergeEdge(ab, { absentEnds: "require" }), mergeNode(a)],
  ],
  [
    "looks at ends that the batch has deleted",
    [deleteNode(a), mergeEdge(ab, { absentEnds: "if_present" }), mergeNode(a)],
  ],
  [
    "a set before an accumulation",
    [mergeNode(a, { set: { n: 5n } }), accumulate(a, { add: { n: 1n } })],
  ],
  [
    "edges of one type with keys, and without between other ends",
    [mergeEdge(ab), mergeEdge(edge("T", b, a, { k: 1n })), deleteEdge(edge("T", b, a))],
  ],
  ["the key label among the extra ones", [mergeNode(a, { addLabels: ["A"] }), mergeNode(a)]],
])("one segment holds %s", (_, mutations) => {
  only(folded(...mutations));
});

test("an end that one of two looks requires is required", () => {
  const looks = ["if_present", "require", "if_present"] as const;
  const { edgeMerges } = only(folded(...looks.map((absentEnds) => mergeEdge(ab, { absentEnds }))));

  expect(edgeMerges.map(({ ends }) => ends)).toEqual(["required"]);
});

test.each<[string, Mutation, Mutation]>([
  ["makes an end that was looked for", mergeEdge(ab, { absentEnds: "if_present" }), mergeNode(b)],
  ["makes a required end as a stub", mergeEdge(ab, { absentEnds: "require" }), mergeEdge(ab)],
  ["deletes a required end", mergeEdge(ab, { absentEnds: "require" }), deleteNode(b)],
  [
    "deletes an edge whose ends were required",
    mergeEdge(ab, { absentEnds: "require" }),
    deleteEdge(ab),
  ],
  ["deletes what was accumulated on", accumulate(a, { add: { n: 1n } }), deleteNode(a)],
  ["sets what was added to", accumulate(a, { add: { n: 1n } }), mergeNode(a, { set: { n: 1n } })],
  [
    "replaces what was added to",
    accumulate(a, { add: { n: 1n } }),
    mergeNode(a, { replace: true }),
  ],
  [
    "appends to what was added to",
    accumulate(a, { add: { n: 1n } }),
    accumulate(a, { append: { n: [1n] } }),
  ],
  [
    "adds to what was appended to",
    accumulate(a, { append: { n: [1n] } }),
    accumulate(a, { add: { n: 1n } }),
  ],
  [
    "appends texts after numbers",
    accumulate(a, { append: { n: [1n] } }),
    accumulate(a, { append: { n: ["a"] } }),
  ],
  ["names a label in another shape", mergeNode(a), mergeNode(node("A", { id: 1n, part: 1n }))],
  [
    "names nodes by an extra label",
    mergeNode(a, { addLabels: ["E"] }),
    mergeNode(node("E", { id: 1n })),
  ],
  ["adds a label that names nodes", mergeNode(a), mergeNode(b, { addLabels: ["A"] })],
  ["merges edges with another key", mergeEdge(ab), mergeEdge(edge("T", a, b, { k: 1n }))],
  [
    "deletes by a key where others were merged",
    mergeEdge(ab),
    deleteEdge(edge("T", a, b, { k: 1n })),
  ],
])("a new segment begins with what %s", (_, before, after) => {
  expect(folded(before, after)).toHaveLength(2);
});

test.each<[string, Mutation, string]>([
  ["no kind", create(MutationSchema), "no mutation that this version knows"],
  ["a node without a key", deleteNode(create(NodeRefSchema, { label: "A" })), "without a key"],
  ["a float in a key", deleteNode(node("A", { id: 1 })), "doubleValue"],
  ["a text to add", accumulate(a, { add: { n: "1" } }), "can be added to n"],
  ["a number to append", accumulate(a, { append: { n: 1n } }), "can be appended to n"],
  ["a label of Outgraph's own", deleteNode(node("OutgraphLane", { id: 0n })), "Outgraph's own"],
  [
    "a label that ends its quotes",
    deleteNode(node("A`) DETACH DELETE n //", { id: 1n })),
    "no label",
  ],
  ["an escaped quote", mergeNode(a, { addLabels: ["A\\u0060"] }), "no label"],
  ["a type that ends its quotes", deleteEdge(edge("T`]-() //", a, b)), "no label or type"],
  ["a key that ends its quotes", deleteNode(node("A", { "id`": 1n })), "no property name"],
  ["a sum that ends its quotes", accumulate(a, { add: { "n`": 1n } }), "no property name"],
])("an entry with %s is refused, with its id and the field", (_, mutation, words) => {
  const entry = entryOf([mergeNode(a), mutation]);

  expect(() => fold([entryOf([]), entry])).toThrow(
    expect.objectContaining({
      name: EntryRefused.name,
      entryId: entry.id,
      field: "events[0].mutations[1]",
      message: expect.stringContaining(words),
    }),
  );
});
