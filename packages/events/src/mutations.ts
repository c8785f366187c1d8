import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  AbsentEnds,
  type EdgeMatch,
  EdgeMatchSchema,
  type EdgeRef,
  EdgeRefSchema,
  type Mutation,
  MutationSchema,
  type NodeMatch,
  NodeMatchSchema,
  type NodeRef,
  NodeRefSchema,
} from "./gen/outgraph/graph/v1/mutation_pb.ts";
import { type Properties, toProperties } from "./value.ts";

/** What happens to an edge whose ends are not there; see `AbsentEnds` in the contract. */
export type AbsentEndsName = "stub" | "require" | "if_present";

const ABSENT_ENDS: Readonly<Record<AbsentEndsName, AbsentEnds>> = {
  stub: AbsentEnds.STUB,
  require: AbsentEnds.REQUIRE,
  if_present: AbsentEnds.IF_PRESENT,
};

/** Changes to the properties of a node or edge. */
export interface PropertyChanges {
  /** Properties to set; a null removes the property. */
  readonly set?: Properties;
  /** Properties to remove. */
  readonly unset?: readonly string[];
  /** Removes every property that is neither set here nor in the key. Default false. */
  readonly replace?: boolean;
}

/** Changes to a node. */
export interface NodeChanges extends PropertyChanges {
  /** Extra labels to add. */
  readonly addLabels?: readonly string[];
  /** Extra labels to remove. */
  readonly removeLabels?: readonly string[];
}

/** For a mutation of an edge. */
export interface EndsOption {
  /** What happens when an end is not there. Default "stub": it is made and marked. */
  readonly absentEnds?: AbsentEndsName;
}

/** What is added or appended. */
export interface Accumulation extends EndsOption {
  /** Numbers to add: bigints stay integers. */
  readonly add?: Properties;
  /** Lists to append. */
  readonly append?: Properties;
}

/** Names a node by its key label and key properties. */
export function node(label: string, key: Properties): NodeRef {
  return create(NodeRefSchema, { label, key: toProperties(key, `${label}.key`) });
}

/** Names an edge by its type and ends, and by key properties where parallel edges are told apart. */
export function edge(type: string, from: NodeRef, to: NodeRef, key: Properties = {}): EdgeRef {
  return create(EdgeRefSchema, { type, from, to, key: toProperties(key, `${type}.key`) });
}

/** Makes the node unless it is there, then changes it. */
export function mergeNode(ref: NodeRef, changes: NodeChanges = {}): Mutation {
  return mutation({
    case: "mergeNode",
    value: {
      node: ref,
      ...propertyChanges(changes),
      addLabels: [...(changes.addLabels ?? [])],
      removeLabels: [...(changes.removeLabels ?? [])],
    },
  });
}

/** Deletes the node with its edges. */
export function deleteNode(ref: NodeRef): Mutation {
  return mutation({ case: "deleteNode", value: { node: ref } });
}

/** Makes the edge unless it is there, then changes it. */
export function mergeEdge(ref: EdgeRef, changes: PropertyChanges & EndsOption = {}): Mutation {
  return mutation({
    case: "mergeEdge",
    value: { edge: ref, ...propertyChanges(changes), absentEnds: absentEnds(changes) },
  });
}

/** Makes one more edge, parallel to those there. */
export function createEdge(
  type: string,
  from: NodeRef,
  to: NodeRef,
  properties: Properties = {},
  option: EndsOption = {},
): Mutation {
  return mutation({
    case: "createEdge",
    value: { type, from, to, set: toProperties(properties), absentEnds: absentEnds(option) },
  });
}

/** Deletes the edges of a type between two ends: with a key, only those that have it. */
export function deleteEdge(ref: EdgeRef): Mutation {
  return mutation({ case: "deleteEdge", value: { edge: ref } });
}

/** Adds to numbers and appends to lists of a node or an edge; a repeat of the entry adds nothing. */
export function accumulate(target: NodeRef | EdgeRef, what: Accumulation): Mutation {
  return mutation({
    case: "accumulate",
    value: {
      target:
        target.$typeName === NodeRefSchema.typeName
          ? { case: "node", value: target }
          : { case: "edge", value: target },
      add: toProperties(what.add ?? {}, "add"),
      append: toProperties(what.append ?? {}, "append"),
      absentEnds: absentEnds(what),
    },
  });
}

/** Every node of a label whose properties equal the given ones; without any, every node of the label. */
export function nodesWhere(label: string, where: Properties = {}): NodeMatch {
  return create(NodeMatchSchema, { label, where: toProperties(where, "where") });
}

/** Every edge of a type whose properties, and ends, equal the given ones; an end left out is anywhere. */
export function edgesWhere(
  type: string,
  ends: { readonly from?: NodeMatch; readonly to?: NodeMatch } = {},
  where: Properties = {},
): EdgeMatch {
  return create(EdgeMatchSchema, { type, ...ends, where: toProperties(where, "where") });
}

/** Changes every node that matches. */
export function updateNodes(
  match: NodeMatch,
  { set = {}, unset = [] }: Omit<PropertyChanges, "replace">,
): Mutation {
  return mutation({
    case: "updateNodes",
    value: { match, set: toProperties(set), unset: [...unset] },
  });
}

/** Deletes every node that matches, with its edges. */
export function deleteNodes(match: NodeMatch): Mutation {
  return mutation({ case: "deleteNodes", value: { match } });
}

/** One edge between each pair of nodes that match; none when either side matches nothing. */
export function mergeEdges(
  type: string,
  from: NodeMatch,
  to: NodeMatch,
  changes: PropertyChanges & { readonly key?: Properties } = {},
): Mutation {
  const key = toProperties(changes.key ?? {}, "key");
  return mutation({
    case: "mergeEdges",
    value: { type, from, to, key, ...propertyChanges(changes) },
  });
}

/** Changes every edge that matches. */
export function updateEdges(
  match: EdgeMatch,
  { set = {}, unset = [] }: Omit<PropertyChanges, "replace">,
): Mutation {
  return mutation({
    case: "updateEdges",
    value: { match, set: toProperties(set), unset: [...unset] },
  });
}

/** Deletes every edge that matches. */
export function deleteEdges(match: EdgeMatch): Mutation {
  return mutation({ case: "deleteEdges", value: { match } });
}

type MutationKindInit = NonNullable<MessageInitShape<typeof MutationSchema>["kind"]>;

function mutation(kind: MutationKindInit): Mutation {
  return create(MutationSchema, { kind });
}

function propertyChanges(changes: PropertyChanges): {
  set: ReturnType<typeof toProperties>;
  unset: string[];
  replace: boolean;
} {
  return {
    set: toProperties(changes.set ?? {}),
    unset: [...(changes.unset ?? [])],
    replace: changes.replace ?? false,
  };
}

function absentEnds(option: EndsOption): AbsentEnds {
  return option.absentEnds === undefined ? AbsentEnds.UNSPECIFIED : ABSENT_ENDS[option.absentEnds];
}
