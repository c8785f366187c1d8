import type { EdgeName, EdgesWhere, NodeName, NodesWhere } from "./names.ts";
import type { NetChange } from "./property-changes.ts";

/**
 * The net effect of a run of mutations: one row per node and per edge. The parts take effect in the
 * order in which they stand here; the rows of a part are of different nodes or edges, in the order
 * of their names, and could take effect in any order. `edgeCreates` too: the edges between two ends
 * cannot be told apart, only counted.
 */
export interface Segment {
  /**
   * What is done to all that matches, in this order. The rows of one group have one shape and
   * meet different nodes or edges, and could take effect in any order.
   */
  readonly matches: readonly (readonly [Match, ...Match[]])[];
  /** Edges that go, of those that were there before. Without a key: all of the type between the ends. */
  readonly edgeDeletes: readonly EdgeName[];
  /** Nodes that go with their edges; one that is made again stands in `nodeMerges` too. */
  readonly nodeDeletes: readonly NodeName[];
  /** Nodes that are made unless they are there. Among them the ends of edges whose `ends` are "made". */
  readonly nodeMerges: readonly NodeMerge[];
  /** Edges that are made unless they are there. */
  readonly edgeMerges: readonly EdgeMerge[];
  /** Edges that are made whatever is there. */
  readonly edgeCreates: readonly EdgeMerge[];
}

/** One thing done to all nodes or edges that match. */
export type Match =
  | { readonly kind: "updateNodes"; readonly nodes: NodesWhere; readonly change: NetChange }
  | { readonly kind: "deleteNodes"; readonly nodes: NodesWhere }
  | { readonly kind: "updateEdges"; readonly edges: EdgesWhere; readonly change: NetChange }
  | { readonly kind: "deleteEdges"; readonly edges: EdgesWhere }
  /** Merges an edge between each pair of ends; the properties of `edges` are its key. */
  | { readonly kind: "mergeEdges"; readonly edges: EdgesWhere; readonly change: NetChange };

/** One node's net effect. */
export interface NodeMerge {
  readonly node: NodeName;
  /** It is marked as a stub when it has to be made; else a mark that it has is taken away. */
  readonly stub: boolean;
  readonly change: NetChange;
  /** Sorted, without the key label. */
  readonly addLabels: readonly string[];
  /** Sorted, none of `addLabels`. */
  readonly removeLabels: readonly string[];
}

/**
 * What is known of an edge's ends: `made` by this segment; or looked at in the graph, where an end
 * that is not there means that nothing happens (`optional`) or that the entry cannot be applied
 * (`required`).
 */
export type Ends = "made" | "optional" | "required";

/** One edge's net effect. */
export interface EdgeMerge {
  readonly edge: EdgeName;
  readonly ends: Ends;
  readonly change: NetChange;
}
