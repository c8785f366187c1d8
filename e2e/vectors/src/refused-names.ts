import { type Mutation, mergeNode, node } from "@outgraph/events";
import { type MutationInit, made, mutating, type Refusal } from "./refusal.ts";

const a = node("A", { id: 1n });
const b = node("B", { id: 1n });
const one = { x: { kind: { case: "int64Value", value: 1n } } } as const;
const named = (name: string) => ({ [name]: one.x });
const end = { label: "A" };

/** Each place of the contract that takes a name. */
interface Place {
  readonly place: string;
  /** The path of the name, after the mutation's own. */
  readonly path: (name: string) => string;
  readonly with: (name: string) => Mutation | MutationInit;
  /** Whether names of Outgraph's own are refused there. */
  readonly reserved?: true;
}

const entry = (of: string) => (name: string) => `${of}["${name}"]`;
const item = (of: string) => () => `${of}[0]`;
const itself = (of: string) => () => of;

const PLACES: readonly Place[] = [
  {
    place: "a node's label",
    path: itself("delete_node.node.label"),
    with: (label) => ({
      case: "deleteNode",
      value: { node: { label, key: named("id") } },
    }),
    reserved: true,
  },
  {
    place: "a node's key",
    path: entry("delete_node.node.key"),
    with: (name) => ({ case: "deleteNode", value: { node: { label: "A", key: named(name) } } }),
  },
  {
    place: "an edge's type",
    path: itself("delete_edge.edge.type"),
    with: (type) => ({ case: "deleteEdge", value: { edge: { type, from: a, to: b } } }),
    reserved: true,
  },
  {
    place: "an edge's key",
    path: entry("delete_edge.edge.key"),
    with: (name) => ({
      case: "deleteEdge",
      value: { edge: { type: "T", from: a, to: b, key: named(name) } },
    }),
  },
  {
    place: "what merge node sets",
    path: entry("merge_node.set"),
    with: (name) => ({ case: "mergeNode", value: { node: a, set: named(name) } }),
  },
  {
    place: "what merge node unsets",
    path: item("merge_node.unset"),
    with: (name) => mergeNode(a, { unset: [name] }),
  },
  {
    place: "a label to add",
    path: item("merge_node.add_labels"),
    with: (name) => mergeNode(a, { addLabels: [name] }),
    reserved: true,
  },
  {
    place: "a label to remove",
    path: item("merge_node.remove_labels"),
    with: (name) => mergeNode(a, { removeLabels: [name] }),
    reserved: true,
  },
  {
    place: "what merge edge sets",
    path: entry("merge_edge.set"),
    with: (name) => ({
      case: "mergeEdge",
      value: { edge: { type: "T", from: a, to: b }, set: named(name) },
    }),
  },
  {
    place: "what merge edge unsets",
    path: item("merge_edge.unset"),
    with: (name) => ({
      case: "mergeEdge",
      value: { edge: { type: "T", from: a, to: b }, unset: [name] },
    }),
  },
  {
    place: "the type of create edge",
    path: itself("create_edge.type"),
    with: (type) => ({ case: "createEdge", value: { type, from: a, to: b } }),
    reserved: true,
  },
  {
    place: "what create edge sets",
    path: entry("create_edge.set"),
    with: (name) => ({
      case: "createEdge",
      value: { type: "T", from: a, to: b, set: named(name) },
    }),
  },
  {
    place: "what is added to",
    path: entry("accumulate.add"),
    with: (name) => ({
      case: "accumulate",
      value: { target: { case: "node", value: a }, add: named(name) },
    }),
  },
  {
    place: "what is appended to",
    path: entry("accumulate.append"),
    with: (name) => ({
      case: "accumulate",
      value: {
        target: { case: "node", value: a },
        append: {
          [name]: {
            kind: {
              case: "listValue",
              value: { items: { case: "int64s", value: { values: [1n] } } },
            },
          },
        },
      },
    }),
  },
  {
    place: "the label of a node match",
    path: itself("delete_nodes.match.label"),
    with: (label) => ({ case: "deleteNodes", value: { match: { label } } }),
    reserved: true,
  },
  {
    place: "what a node match compares",
    path: entry("delete_nodes.match.where"),
    with: (name) => ({
      case: "deleteNodes",
      value: { match: { label: "A", where: named(name) } },
    }),
  },
  {
    place: "the type of an edge match",
    path: itself("delete_edges.match.type"),
    with: (type) => ({ case: "deleteEdges", value: { match: { type } } }),
    reserved: true,
  },
  {
    place: "what an edge match compares",
    path: entry("delete_edges.match.where"),
    with: (name) => ({ case: "deleteEdges", value: { match: { type: "T", where: named(name) } } }),
  },
  {
    place: "what update nodes sets",
    path: entry("update_nodes.set"),
    with: (name) => ({ case: "updateNodes", value: { match: end, set: named(name) } }),
  },
  {
    place: "what update nodes unsets",
    path: item("update_nodes.unset"),
    with: (name) => ({ case: "updateNodes", value: { match: end, unset: [name] } }),
  },
  {
    place: "the type of merge edges",
    path: itself("merge_edges.type"),
    with: (type) => ({ case: "mergeEdges", value: { type, from: end, to: end } }),
    reserved: true,
  },
  {
    place: "the key of merge edges",
    path: entry("merge_edges.key"),
    with: (name) => ({
      case: "mergeEdges",
      value: { type: "T", from: end, to: end, key: named(name) },
    }),
  },
  {
    place: "what merge edges sets",
    path: entry("merge_edges.set"),
    with: (name) => ({
      case: "mergeEdges",
      value: { type: "T", from: end, to: end, set: named(name) },
    }),
  },
  {
    place: "what merge edges unsets",
    path: item("merge_edges.unset"),
    with: (name) => ({
      case: "mergeEdges",
      value: { type: "T", from: end, to: end, unset: [name] },
    }),
  },
  {
    place: "what update edges sets",
    path: entry("update_edges.set"),
    with: (name) => ({ case: "updateEdges", value: { match: { type: "T" }, set: named(name) } }),
  },
  {
    place: "what update edges unsets",
    path: item("update_edges.unset"),
    with: (name) => ({ case: "updateEdges", value: { match: { type: "T" }, unset: [name] } }),
  },
];

/** What is wrong with a name, and which rules say so. */
const FAULTS: readonly (readonly [what: string, name: string, rules: readonly string[]])[] = [
  ["no name", "", ["string.min_bytes", "string.pattern"]],
  ["a name of 129 bytes", `${"ß".repeat(64)}s`, ["string.max_bytes"]],
  ["a name with a backtick", "a`b", ["string.pattern"]],
  ["a name of Outgraph's own", "OutgraphX", ["name.reserved"]],
];

/** Every fault of a name, in every place that takes one. */
export const REFUSED_NAMES: Readonly<Record<string, Refusal>> = Object.fromEntries(
  PLACES.flatMap(({ place, path, with: mutation, reserved }) =>
    FAULTS.filter(([, , [rule]]) => reserved || rule !== "name.reserved").map(
      ([what, name, rules]) => {
        const refused = mutation(name);
        const violations = rules.map((rule) => `${path(name)} ${rule}`);
        return [
          `${place}: ${what}`,
          mutating("$typeName" in refused ? refused : made(refused), ...violations),
        ];
      },
    ),
  ),
);
