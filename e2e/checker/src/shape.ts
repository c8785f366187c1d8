import type { Document } from "mongodb";

/**
 * How documents project to a shape: by an aggregation that gives, in any order, `{key, labels?, properties}`
 * for a node (labels beside the shape's own), `{from, to, properties}` for an edge.
 */
export interface Projection {
  readonly collection: string;
  readonly pipeline: readonly Document[];
}

/** Nodes of one label, told apart by one text property. */
export interface NodeShape extends Projection {
  readonly node: string;
  readonly key: string;
  /** An integer to which each entry adds 1 at most: too much is `twice`, too little `lost`. */
  readonly counter?: string;
}

/** Edges of one type between nodes of two shapes; at most one between two nodes. */
export interface EdgeShape extends Projection {
  readonly edge: string;
  readonly from: NodeShape;
  readonly to: NodeShape;
}

export type Shape = NodeShape | EdgeShape;

/** One element of the shape, as one would write it in Cypher. */
export function nameOf(shape: Shape, key: readonly string[]): string {
  if ("node" in shape) return `(:${shape.node} {${shape.key}: ${JSON.stringify(key[0])}})`;
  return `${nameOf(shape.from, key)}-[:${shape.edge}]->${nameOf(shape.to, key.slice(1))}`;
}
