import type { MessageInitShape } from "@bufbuild/protobuf";
import { node, type Properties, toProperties, type ValueSchema } from "@outgraph/events";
import { type MutationInit, made, mutating, type Refusal } from "./refusal.ts";

type Changes = {
  readonly key?: Properties;
  readonly set?: Properties;
  readonly unset?: string[];
  readonly replace?: boolean;
};
type Values = { [name: string]: MessageInitShape<typeof ValueSchema> };

const a = node("A", { id: 1n });
const b = node("B", { id: 1n });
const edge = { type: "T", from: a, to: b };
const many = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`);
const values = (of: Properties = {}): Values => toProperties(of);
const ones = (count: number) => Object.fromEntries(many(count).map((name) => [name, 1n]));

/** What changes properties beside MergeNode, and has rules of its own for that. */
const CHANGES: Readonly<
  Record<string, readonly [path: string, (changes: Changes) => MutationInit]>
> = {
  "merge edge": [
    "merge_edge",
    ({ key, set, unset = [], replace = false }) => ({
      case: "mergeEdge",
      value: { edge: { ...edge, key: values(key) }, set: values(set), unset, replace },
    }),
  ],
  "update nodes": [
    "update_nodes",
    ({ set, unset = [] }) => ({
      case: "updateNodes",
      value: { match: { label: "A" }, set: values(set), unset },
    }),
  ],
  "merge edges": [
    "merge_edges",
    ({ key, set, unset = [], replace = false }) => ({
      case: "mergeEdges",
      value: {
        type: "T",
        from: { label: "A" },
        to: { label: "B" },
        key: values(key),
        set: values(set),
        unset,
        replace,
      },
    }),
  ],
  "update edges": [
    "update_edges",
    ({ set, unset = [] }) => ({
      case: "updateEdges",
      value: { match: { type: "T" }, set: values(set), unset },
    }),
  ],
};

const KEYED = new Set(["merge edge", "merge edges"]);

/** The faults of changes, wherever changes are made. */
function faultsOfChanges(): Record<string, Refusal> {
  const refused: Record<string, Refusal> = {};
  for (const [name, [path, change]] of Object.entries(CHANGES)) {
    const say = (what: string, changes: Changes, ...violations: string[]): void => {
      const paths = violations.map((violation) => `${path}${violation}`);
      refused[`${name}: ${what}`] = mutating(made(change(changes)), ...paths);
    };
    say("setting and unsetting", { set: { p: 1n }, unset: ["p"] }, " set.unset");
    say("unsetting twice", { unset: ["p", "p"] }, ".unset repeated.unique");
    if (!KEYED.has(name)) continue;
    say("setting its key", { key: { k: 1n }, set: { k: 2n } }, " set.key");
    say("unsetting its key", { key: { k: 1n }, unset: ["k"] }, " unset.key");
    say("replacing and unsetting", { replace: true, unset: ["p"] }, " replace.unset");
    const of = name === "merge edge" ? ".edge.key" : ".key";
    say("a float as key", { key: { k: 0.5 } }, `${of}["k"] key.type`);
    say("a key of nine properties", { key: ones(9) }, `${of} map.max_pairs`);
  }
  return refused;
}

/** What is left out, or too much of. */
export const REFUSED_CHANGES: Readonly<Record<string, Refusal>> = {
  ...faultsOfChanges(),
  "merge node: unsetting twice": merging({ unset: ["p", "p"] }, ".unset repeated.unique"),
  "merge node: a label to remove twice": merging(
    { removeLabels: ["B", "B"] },
    ".remove_labels repeated.unique",
  ),
  "merge node: 33 labels to add": merging(
    { addLabels: many(33) },
    ".add_labels repeated.max_items",
  ),
  "merge node: 33 labels to remove": merging(
    { removeLabels: many(33) },
    ".remove_labels repeated.max_items",
  ),
  "merge node: 1,025 properties": merging({ set: values(ones(1_025)) }, ".set map.max_pairs"),
  "merge node: 1,025 properties to remove": merging(
    { unset: many(1_025) },
    ".unset repeated.max_items",
  ),
  "merge node: no node": required({ case: "mergeNode", value: {} }, "merge_node.node"),
  "delete edge: no edge": required({ case: "deleteEdge", value: {} }, "delete_edge.edge"),
  "an edge without a start": required(
    { case: "deleteEdge", value: { edge: { type: "T", to: b } } },
    "delete_edge.edge.from",
  ),
  "create edge: no start": required(
    { case: "createEdge", value: { type: "T", to: b } },
    "create_edge.from",
  ),
  "create edge: no end": required(
    { case: "createEdge", value: { type: "T", from: a } },
    "create_edge.to",
  ),
  "create edge: absent ends of no known kind": mutating(
    made({ case: "createEdge", value: { ...edge, absentEnds: 9 as 1 } }),
    "create_edge.absent_ends enum.defined_only",
  ),
  "accumulate: absent ends of no known kind": mutating(
    made({
      case: "accumulate",
      value: { target: { case: "edge", value: edge }, add: values({ n: 1n }), absentEnds: 9 as 1 },
    }),
    "accumulate.absent_ends enum.defined_only",
  ),
  "update nodes: no match": required({ case: "updateNodes", value: {} }, "update_nodes.match"),
  "delete nodes: no match": required({ case: "deleteNodes", value: {} }, "delete_nodes.match"),
  "merge edges: no start": required(
    { case: "mergeEdges", value: { type: "T", to: { label: "B" } } },
    "merge_edges.from",
  ),
  "merge edges: no end": required(
    { case: "mergeEdges", value: { type: "T", from: { label: "A" } } },
    "merge_edges.to",
  ),
  "update edges: no match": required({ case: "updateEdges", value: {} }, "update_edges.match"),
  "delete edges: no match": required({ case: "deleteEdges", value: {} }, "delete_edges.match"),
  "a node match of 33 properties": mutating(
    made({
      case: "deleteNodes",
      value: { match: { label: "A", where: values(ones(33)) } },
    }),
    "delete_nodes.match.where map.max_pairs",
  ),
  "an edge match of 33 properties": mutating(
    made({ case: "deleteEdges", value: { match: { type: "T", where: values(ones(33)) } } }),
    "delete_edges.match.where map.max_pairs",
  ),
  "an edge match with null": mutating(
    made({ case: "deleteEdges", value: { match: { type: "T", where: values({ p: null }) } } }),
    'delete_edges.match.where["p"] where.null',
  ),
};

type MergeNodeInit = Extract<MutationInit, { case: "mergeNode" }>["value"];

function merging(changes: MergeNodeInit, violation: string): Refusal {
  const mutation = made({ case: "mergeNode", value: { node: a, ...changes } });
  return mutating(mutation, `merge_node${violation}`);
}

function required(kind: MutationInit, path: string): Refusal {
  return mutating(made(kind), `${path} required`);
}
