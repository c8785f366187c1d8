import { create, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
  AppendRequestSchema,
  accumulate,
  createEdge,
  deleteEdge,
  deleteNode,
  edge,
  MutationSchema,
  mergeEdge,
  mergeNode,
  node,
  toProperties,
  type ValueSchema,
} from "@outgraph/events";
import {
  event,
  MUTATION,
  made,
  mutating,
  type Refusal,
  refusal,
  withMutations,
} from "./refusal.ts";

const a = node("A", { id: 1n });
const b = node("B", { id: 1n });

/** What the rules of the schema refuse, one rule at a time. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  "no entry": refusal({}, "entry required"),
  "no source": refusal({ entry: { events: [event()] } }, "entry.source string.min_bytes"),
  "no events": refusal({ entry: { source: "v" } }, "entry.events repeated.min_items"),
  "an id that is no UUIDv7": refusal(
    { entry: { id: "6f1c2e0a-7f6b-4c0e-9d7e-000000000000", source: "v", events: [event()] } },
    "entry.id entry.id",
  ),
  "an id in upper case": refusal(
    { entry: { id: "019B7CA9-8F2E-7359-AE12-CA11E5D62816", source: "v", events: [event()] } },
    "entry.id entry.id",
  ),
  "an event type with a space": refusal(
    { entry: { source: "v", events: [{ type: "a b" }] } },
    "entry.events[0].type string.pattern",
  ),

  "a label that ends its quotes": mutating(
    mergeNode(node("A`) DETACH DELETE (n", { id: 1n })),
    "merge_node.node.label string.pattern",
  ),
  "a label with an escaped backtick": mutating(
    deleteNode(node("A\\u0060", { id: 1n })),
    "delete_node.node.label string.pattern",
  ),
  "a label of 129 bytes": mutating(
    deleteNode(node(`${"ß".repeat(64)}s`, { id: 1n })),
    "delete_node.node.label string.max_bytes",
  ),
  "a label of Outgraph's own": mutating(
    mergeNode(node("OutgraphLane", { id: 1n })),
    "merge_node.node.label name.reserved",
  ),
  "an extra label of Outgraph's own": mutating(
    mergeNode(a, { addLabels: ["OutgraphStub"] }),
    "merge_node.add_labels[0] name.reserved",
  ),
  "an edge type of Outgraph's own": mutating(
    createEdge("OutgraphOf", a, b),
    "create_edge.type name.reserved",
  ),
  "a label twice": mutating(
    mergeNode(a, { addLabels: ["B", "B"] }),
    "merge_node.add_labels repeated.unique",
  ),
  "a property that is no name": mutating(
    mergeNode(a, { set: { "a b": 1n } }),
    'merge_node.set["a b"] string.pattern',
  ),
  "a property that begins with a digit": mutating(
    mergeNode(a, { unset: ["1a"] }),
    "merge_node.unset[0] string.pattern",
  ),
  "a property that looks like a driver's mark": mutating(
    mergeNode(a, { set: { __isDate__: true } }),
    'merge_node.set["__isDate__"] string.pattern',
  ),
  "a node without a label or key": mutating(
    made({ case: "deleteNode", value: { node: {} } }),
    "delete_node.node.label string.min_bytes",
    "delete_node.node.label string.pattern",
    "delete_node.node.key map.min_pairs",
  ),
  "no node": mutating(made({ case: "deleteNode", value: {} }), "delete_node.node required"),
  "no edge": mutating(made({ case: "mergeEdge", value: {} }), "merge_edge.edge required"),
  "an edge without an end": mutating(
    made({ case: "deleteEdge", value: { edge: { type: "T", from: a } } }),
    "delete_edge.edge.to required",
  ),
  "a key of nine properties": mutating(
    deleteNode(node("A", Object.fromEntries([..."abcdefghi"].map((name) => [name, 1n])))),
    "delete_node.node.key map.max_pairs",
  ),
  "a float as key": keyed(1.5),
  "a float as key, whole": keyed(1),
  "null as key": keyed(null),
  "a list as key": keyed(["a"]),
  "bytes as key": keyed(new Uint8Array([1])),
  "an instant as key": keyed(new Date(0)),
  "a text of 2,049 bytes as key": keyed(`${"é".repeat(1024)}e`),
  "setting a key property": mutating(mergeNode(a, { set: { id: 2n } }), "merge_node set.key"),
  "unsetting a key property": mutating(mergeNode(a, { unset: ["id"] }), "merge_node unset.key"),
  "setting a key property of an edge": mutating(
    mergeEdge(edge("T", a, b, { k: 1n }), { set: { k: 2n } }),
    "merge_edge set.key",
  ),
  "setting and unsetting": mutating(
    mergeNode(a, { set: { p: 1n }, unset: ["p"] }),
    "merge_node set.unset",
  ),
  "replacing and unsetting": mutating(
    mergeNode(a, { replace: true, unset: ["p"] }),
    "merge_node replace.unset",
  ),
  "adding and removing a label": mutating(
    mergeNode(a, { addLabels: ["B"], removeLabels: ["B"] }),
    "merge_node labels.both",
  ),
  "removing the key label": mutating(
    mergeNode(a, { removeLabels: ["A"] }),
    "merge_node labels.key",
  ),
  "an edge key that is a float": mutating(
    deleteEdge(edge("T", a, b, { k: 0.5 })),
    'delete_edge.edge.key["k"] key.type',
  ),
  "absent ends of no known kind": mutating(
    made({ case: "mergeEdge", value: { edge: edge("T", a, b), absentEnds: 9 as 1 } }),
    "merge_edge.absent_ends enum.defined_only",
  ),
  "accumulating on nothing": mutating(
    made({ case: "accumulate", value: { add: toProperties({ n: 1n }) } }),
    "accumulate.target required",
  ),
  "accumulating nothing": mutating(accumulate(a, {}), "accumulate accumulate.something"),
  "adding a text": mutating(accumulate(a, { add: { n: "1" } }), 'accumulate.add["n"] add.type'),
  "appending a number": mutating(
    accumulate(a, { append: { n: 1n } }),
    'accumulate.append["n"] append.type',
  ),
  "adding to and appending to the same": mutating(
    accumulate(a, { add: { n: 1n }, append: { n: [1n] } }),
    "accumulate accumulate.both",
  ),
  "accumulating on a key": mutating(
    accumulate(a, { add: { id: 1n } }),
    "accumulate accumulate.key",
  ),
  "matching null": mutating(
    made({
      case: "deleteNodes",
      value: { match: { label: "A", where: toProperties({ p: null }) } },
    }),
    'delete_nodes.match.where["p"] where.null',
  ),

  "a value of no kind": valued({}, "", "kind required"),
  "a local time past midnight": valued(
    { kind: { case: "localTimeValue", value: { nanosOfDay: 86_400_000_000_000n } } },
    ".local_time_value.nanos_of_day",
    "int64.gte_lt",
  ),
  "an offset of 19 hours": valued(
    { kind: { case: "timeValue", value: { offsetSeconds: 68_400 } } },
    ".time_value.offset_seconds",
    "sint32.gte_lte",
  ),
  "an instant in the year 10000": valued(
    {
      kind: {
        case: "dateTimeValue",
        value: { epochSeconds: 253_402_300_800n, zone: { case: "offsetSeconds", value: 0 } },
      },
    },
    ".date_time_value.epoch_seconds",
    "sint64.gte_lte",
  ),
  "an instant without a zone": valued(
    { kind: { case: "dateTimeValue", value: {} } },
    ".date_time_value.zone",
    "required",
  ),
  "a nanosecond too many": valued(
    { kind: { case: "durationValue", value: { nanos: 1_000_000_000 } } },
    ".duration_value.nanos",
    "int32.gte_lt",
  ),
  "a point of an unknown system": valued(
    { kind: { case: "pointValue", value: { srid: 3857 } } },
    ".point_value.srid",
    "uint32.in",
  ),
  "a flat point with a height": valued(
    { kind: { case: "pointValue", value: { srid: 7203, z: 0 } } },
    ".point_value",
    "point.dimensions",
  ),
  "a point beyond the pole": valued(
    { kind: { case: "pointValue", value: { srid: 4326, y: 90.5 } } },
    ".point_value",
    "point.wgs84",
  ),
  "a point nowhere": valued(
    { kind: { case: "pointValue", value: { srid: 7203, x: Number.NaN } } },
    ".point_value.x",
    "double.finite",
  ),
  "a list of no type": valued(
    { kind: { case: "listValue", value: {} } },
    ".list_value.items",
    "required",
  ),
  "points of two systems": valued(
    {
      kind: {
        case: "listValue",
        value: {
          items: { case: "points", value: { values: [{ srid: 7203 }, { srid: 4326 }] } },
        },
      },
    },
    ".list_value.points",
    "point_list.one_srid",
  ),
  "a vector without components": valued(
    { kind: { case: "float32VectorValue", value: {} } },
    ".float32_vector_value.values",
    "repeated.min_items",
  ),
  "a vector with a NaN": valued(
    { kind: { case: "float32VectorValue", value: { values: [0, Number.NaN] } } },
    ".float32_vector_value.values[1]",
    "float.finite",
  ),

  "a write to no collection": refusal(
    { entry: { source: "v", events: [event()] }, writes: [deleting({ collection: "" })] },
    "writes[0].collection string.min_bytes",
    "writes[0].collection string.pattern",
  ),
  "a write to a collection with a dollar": refusal(
    { entry: { source: "v", events: [event()] }, writes: [deleting({ collection: "a$b" })] },
    "writes[0].collection string.pattern",
  ),
  "a write to a database with a dot": refusal(
    {
      entry: { source: "v", events: [event()] },
      writes: [deleting({ collection: "c", database: "a.b" })],
    },
    "writes[0].database string.pattern",
  ),
  "a write of no kind": refusal(
    { entry: { source: "v", events: [event()] }, writes: [{ collection: "c" }] },
    "writes[0].operation required",
  ),
  "a delete without a filter": refusal(
    {
      entry: { source: "v", events: [event()] },
      writes: [{ collection: "c", operation: { case: "deleteMany", value: {} } }],
    },
    "writes[0].delete_many.filter required",
  ),
  "an update without a change": refusal(
    {
      entry: { source: "v", events: [event()] },
      writes: [
        { collection: "c", operation: { case: "updateOne", value: { filter: everything() } } },
      ],
    },
    "writes[0].update_one.change required",
  ),
  "fewer than no matches": refusal(
    {
      entry: { source: "v", events: [event()] },
      writes: [deleting({ collection: "c", expectedMatches: -1n })],
    },
    "writes[0].expected_matches int64.gte",
  ),
};

/** Mutations that a later version may know: refused as unimplemented, with their paths. */
export const UNKNOWN: Readonly<Record<string, Refusal>> = {
  "a mutation of a later version": {
    schema: AppendRequestSchema,
    // Field 100, an empty message.
    request: withMutations(fromBinary(MutationSchema, Uint8Array.from([0xa2, 0x06, 0x00]))),
    violations: [`${MUTATION} mutation.unknown`],
  },
  "a mutation of no kind": {
    schema: AppendRequestSchema,
    request: withMutations(create(MutationSchema)),
    violations: [`${MUTATION} mutation.unknown`],
  },
};

type WriteInit = NonNullable<MessageInitShape<typeof AppendRequestSchema>["writes"]>[number];

function keyed(key: Parameters<typeof node>[1][string]): Refusal {
  return mutating(deleteNode(node("A", { k: key })), 'delete_node.node.key["k"] key.type');
}

function valued(value: MessageInitShape<typeof ValueSchema>, path: string, rule: string): Refusal {
  const [field, id] = rule.startsWith("kind ") ? [".kind", rule.slice(5)] : [path, rule];
  return mutating(
    made({ case: "mergeNode", value: { node: a, set: { p: value } } }),
    `merge_node.set["p"]${field} ${id}`,
  );
}

function deleting(where: WriteInit): WriteInit {
  return {
    ...where,
    operation: { case: "deleteMany", value: { filter: everything() } },
  } as WriteInit;
}

function everything(): { format: { case: "extendedJson"; value: string } } {
  return { format: { case: "extendedJson", value: "{}" } };
}
