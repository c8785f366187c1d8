import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
  AppendRequestSchema,
  accumulate,
  createEdge,
  deleteNode,
  EdgeRefSchema,
  type Entry,
  EntrySchema,
  edge,
  type Mutation,
  MutationSchema,
  mergeEdge,
  mergeNode,
  newEntryId,
  node,
  toValue,
  unsupportedMutations,
  ValueSchema,
  violationsOf,
} from "./index.ts";

const file = node("File", { path: "src/a.ts" });
const user = node("User", { id: 7n });

function entry(...mutations: Mutation[]): Entry {
  return create(EntrySchema, {
    id: newEntryId(),
    source: "test",
    events: [{ type: "test.v1.Happened", mutations }],
  });
}

/** What is refused in an entry with this one mutation: paths and rules. */
function refused(mutation: Mutation): string[] {
  return violationsOf(EntrySchema, entry(mutation)).map(({ field, rule }) => `${field} ${rule}`);
}

test("an entry that keeps every rule is not refused", () => {
  const mutations = [
    mergeNode(file, { set: { size: 1n, größe: 2.5, tags: ["a"] }, addLabels: ["Source"] }),
    mergeEdge(edge("OWNS", user, file), { set: { since: new Date() }, absentEnds: "require" }),
    accumulate(user, { add: { files: 1n }, append: { paths: ["src/a.ts"] } }),
    deleteNode(file),
  ];

  expect(violationsOf(EntrySchema, entry(...mutations))).toEqual([]);
});

test.each<[string, Mutation, string]>([
  [
    "a label that ends its quotes",
    mergeNode(node("A`) DETACH DELETE (n", { id: 1n })),
    "merge_node.node.label string.pattern",
  ],
  ["an empty label", mergeNode(node("", { id: 1n })), "merge_node.node.label string.min_bytes"],
  [
    "a label of Outgraph's own",
    mergeNode(node("OutgraphLane", { id: 1n })),
    "merge_node.node.label name.reserved",
  ],
  [
    "a property that is no name",
    mergeNode(file, { set: { "a b": 1n } }),
    'merge_node.set["a b"] string.pattern',
  ],
  ["a node without a key", mergeNode(node("File", {})), "merge_node.node.key map.min_pairs"],
  ["a float as key", mergeNode(node("File", { id: 1.5 })), 'merge_node.node.key["id"] key.type'],
  ["null as key", deleteNode(node("File", { id: null })), 'delete_node.node.key["id"] key.type'],
  [
    "a text of 2,049 bytes as key",
    deleteNode(node("File", { id: "é".repeat(1025) })),
    'delete_node.node.key["id"] key.type',
  ],
  ["setting a key property", mergeNode(file, { set: { path: "b" } }), "merge_node set.key"],
  [
    "setting and unsetting",
    mergeNode(file, { set: { a: 1n }, unset: ["a"] }),
    "merge_node set.unset",
  ],
  [
    "replacing and unsetting",
    mergeNode(file, { replace: true, unset: ["a"] }),
    "merge_node replace.unset",
  ],
  ["removing the key label", mergeNode(file, { removeLabels: ["File"] }), "merge_node labels.key"],
  [
    "an edge type with a space",
    mergeEdge(edge("IS IN", user, file)),
    "merge_edge.edge.type string.pattern",
  ],
  [
    "a float as edge key",
    mergeEdge(edge("A", user, file, { k: 0.5 })),
    'merge_edge.edge.key["k"] key.type',
  ],
  ["adding a text", accumulate(user, { add: { n: "1" } }), 'accumulate.add["n"] add.type'],
  [
    "appending a number",
    accumulate(user, { append: { n: 1n } }),
    'accumulate.append["n"] append.type',
  ],
  ["accumulating nothing", accumulate(user, {}), "accumulate accumulate.something"],
  ["accumulating on a key", accumulate(user, { add: { id: 1n } }), "accumulate accumulate.key"],
])("%s is refused, and the path says where", (_what, mutation, expected) => {
  expect(refused(mutation)).toContain(`events[0].mutations[0].${expected}`);
});

test("a mutation without its node is refused, and the path says where", () => {
  const mutation = create(MutationSchema, { kind: { case: "deleteNode", value: {} } });

  expect(refused(mutation)).toContain("events[0].mutations[0].delete_node.node required");
});

test("an id that is no UUIDv7 is refused, an absent one is not", () => {
  const uuid4 = create(EntrySchema, { ...entry(), id: "6f1c2e0a-7f6b-4c0e-9d7e-000000000000" });
  const without = create(EntrySchema, { ...entry(), id: "" });

  expect(violationsOf(EntrySchema, uuid4).map((violation) => violation.field)).toEqual(["id"]);
  expect(violationsOf(EntrySchema, without)).toEqual([]);
});

test("an append without an entry, or with a write of no kind, is refused", () => {
  const request = create(AppendRequestSchema, { writes: [{ collection: "files" }] });

  const fields = violationsOf(AppendRequestSchema, request).map((violation) => violation.field);

  expect(fields).toEqual(["entry", "writes[0].operation"]);
});

test("a mutation outside the supported kinds is named, also one that this version does not know", () => {
  const fromTheFuture = fromBinary(MutationSchema, new Uint8Array([0xa2, 0x06, 0x00])); // field 100, empty message

  const found = unsupportedMutations(
    entry(mergeNode(file), createEdge("SAW", user, file), fromTheFuture),
    new Set(["mergeNode"]),
  );

  expect(found.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
    "events[0].mutations[1].create_edge mutation.unsupported",
    "events[0].mutations[2] mutation.unknown",
  ]);
});

test("a known mutation with a field of a newer version is named, however deep it stands", () => {
  // Field 100, an empty text, after what the message says otherwise.
  const later = (bytes: Uint8Array) => Uint8Array.from([...bytes, 0xa2, 0x06, 0x00]);
  const value = fromBinary(ValueSchema, later(toBinary(ValueSchema, toValue("x"))));
  const owns = fromBinary(EdgeRefSchema, later(toBinary(EdgeRefSchema, edge("OWNS", user, file))));

  const sized = mergeNode(file, { set: { a: 1n, size: "x" } });
  if (sized.kind.case === "mergeNode") sized.kind.value.set["size"] = value;

  const found = unsupportedMutations(
    entry(sized, mergeEdge(owns), mergeNode(file)),
    new Set(["mergeNode", "mergeEdge"]),
  );

  expect(found.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
    'events[0].mutations[0].merge_node.set["size"] field.unknown',
    "events[0].mutations[1].merge_edge.edge field.unknown",
  ]);
});
