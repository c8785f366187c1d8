import { canonicalBytes } from "./digest.ts";
import {
  type EdgeRef,
  EdgeRefSchema,
  type Mutation,
  type NodeRef,
  NodeRefSchema,
} from "./gen/outgraph/graph/v1/mutation_pb.ts";
import { type Value, ValueSchema } from "./gen/outgraph/graph/v1/value_pb.ts";
import {
  deleteEdge,
  deleteNode,
  type EndsOption,
  mergeEdge,
  mergeNode,
  type PropertyChanges,
} from "./mutations.ts";
import { type Properties, toProperties } from "./value.ts";

/** A node that a document stands for, or needs. */
export interface ProjectedNode {
  readonly node: NodeRef;
  /**
   * `own`: this document's alone; it goes when the document does. `shared`: a hub that others need
   * too, such as a tag; a diff never deletes it.
   */
  readonly owner: "own" | "shared";
  readonly set?: Properties;
  /** Extra labels. */
  readonly labels?: readonly string[];
}

/** An edge that a document stands for. It goes when the document does. */
export interface ProjectedEdge extends EndsOption {
  readonly edge: EdgeRef;
  readonly set?: Properties;
}

/** What a document is in the graph. */
export interface Projection {
  readonly nodes?: readonly ProjectedNode[];
  readonly edges?: readonly ProjectedEdge[];
}

/**
 * The smallest mutations that turn `project(before)` into `project(after)`, in an order that is safe
 * to apply. Undefined stands for no document: before it was inserted, or after it was deleted.
 *
 * Only what both name is compared; what others wrote to the same nodes stays. An own node that is no
 * longer projected is deleted with all its edges, those of others included; a shared one stays, and
 * so do its properties.
 *
 * @throws RangeError when a projection names a node or an edge twice.
 */
export function projectionDiff(
  before: Projection | undefined,
  after: Projection | undefined,
): Mutation[] {
  const was = indexed(before);
  const is = indexed(after);
  const deleted = [...was.nodes].filter(([id, one]) => one.owner === "own" && !is.nodes.has(id));
  const gone = new Set(deleted.map(([id]) => id));
  const goesWithAnEnd = ({ edge }: ProjectedEdge): boolean =>
    gone.has(nodeId(edge.from)) || gone.has(nodeId(edge.to));

  const edgeDeletes = [...was.edges]
    .filter(([id, one]) => !is.edges.has(id) && !goesWithAnEnd(one))
    .map(([, one]) => deleteEdge(one.edge));
  const nodeDeletes = deleted.map(([, one]) => deleteNode(one.node));
  const nodeMerges = [...is.nodes].flatMap(([id, one]) => nodeMerge(was.nodes.get(id), one));
  const edgeMerges = [...is.edges].flatMap(([id, one]) =>
    edgeMerge(goesWithAnEnd(one) ? undefined : was.edges.get(id), one),
  );
  return [...edgeDeletes, ...nodeDeletes, ...nodeMerges, ...edgeMerges];
}

function nodeMerge(before: ProjectedNode | undefined, after: ProjectedNode): Mutation[] {
  const changes = changed(before?.set, after.set);
  const [had, has] = [new Set(before?.labels), new Set(after.labels)];
  const addLabels = [...has.difference(had)];
  const removeLabels = [...had.difference(has)];
  if (before && !changes && addLabels.length + removeLabels.length === 0) return [];
  return [mergeNode(after.node, { ...changes, addLabels, removeLabels })];
}

function edgeMerge(before: ProjectedEdge | undefined, after: ProjectedEdge): Mutation[] {
  const changes = changed(before?.set, after.set);
  if (before && !changes) return [];
  const { absentEnds } = after;
  return [
    mergeEdge(after.edge, { ...changes, ...(absentEnds === undefined ? {} : { absentEnds }) }),
  ];
}

/** What to set and unset; undefined when that is nothing. */
function changed(before: Properties = {}, after: Properties = {}): PropertyChanges | undefined {
  const [was, is] = [present(before), present(after)];
  const set = Object.fromEntries([...is].filter(([name, value]) => !same(was.get(name), value)));
  // In one order, so that a repeat is the same.
  const unset = [...was.keys()].filter((name) => !is.has(name)).sort(byBytes);
  if (Object.keys(set).length === 0 && unset.length === 0) return undefined;
  return { set, unset };
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The properties that a node or edge has then: a null is none. */
function present(properties: Properties): Map<string, Value> {
  const entries = Object.entries(toProperties(properties));
  return new Map(entries.filter(([, value]) => value.kind.case !== "nullValue"));
}

/** By their bytes, so that NaN equals itself and -0 is not 0. */
function same(a: Value | undefined, b: Value): boolean {
  if (a === undefined) return false;
  return Buffer.compare(canonicalBytes(ValueSchema, a), canonicalBytes(ValueSchema, b)) === 0;
}

function indexed(projection: Projection = {}): {
  nodes: Map<string, ProjectedNode>;
  edges: Map<string, ProjectedEdge>;
} {
  return {
    nodes: byId(projection.nodes ?? [], (one) => nodeId(one.node)),
    edges: byId(projection.edges ?? [], (one) =>
      Buffer.from(canonicalBytes(EdgeRefSchema, one.edge)).toString("latin1"),
    ),
  };
}

function byId<T extends object>(items: readonly T[], idOf: (item: T) => string): Map<string, T> {
  const found = new Map(items.map((item) => [idOf(item), item]));
  if (found.size < items.length) throw new RangeError("a projection names a node or an edge twice");
  return found;
}

function nodeId(node: NodeRef | undefined): string {
  if (node === undefined) throw new RangeError("an edge of a projection lacks an end");
  return Buffer.from(canonicalBytes(NodeRefSchema, node)).toString("latin1");
}
