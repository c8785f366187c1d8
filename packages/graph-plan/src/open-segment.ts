import type { EdgeName, NodeName, NodeShape } from "./names.ts";
import { GrowingChange } from "./property-changes.ts";
import type { EdgeMerge, Ends, NodeMerge, Segment } from "./segment.ts";

/** What the open segment knows of one node. */
export interface OpenNode {
  readonly name: NodeName;
  readonly number: number;
  /** Deleted here: what it was before is gone, and it is absent unless `merge` makes it again. */
  deleted: boolean;
  /** Makes it here: from this mutation on it is certainly there. */
  merge: OpenNodeMerge | undefined;
  /** A pending edge depends on whether the graph has it. */
  lookedAt: boolean;
  /** Pairs that it is an end of; emptied ones, whose other end was deleted, among them. */
  pairs: OpenPair[];
  /** Pairs that start at it, by their text; no emptied ones. */
  readonly out: Map<string, OpenPair>;
}

/** A `NodeMerge` that is still growing. */
export interface OpenNodeMerge {
  stub: boolean;
  readonly change: GrowingChange;
  readonly addLabels: Set<string>;
  readonly removeLabels: Set<string>;
}

/** An `EdgeMerge` that is still growing. */
export interface OpenEdgeMerge {
  readonly edge: EdgeName;
  ends: Ends;
  readonly change: GrowingChange;
}

/** All that happens to the edges of one type from one node to another. */
export interface OpenPair {
  readonly from: OpenNode;
  readonly to: OpenNode;
  /** Tells it from other pairs that start at the same node. */
  readonly text: string;
  /** By key text. */
  readonly deletes: Map<string, EdgeName>;
  /** By key text. */
  readonly merges: Map<string, OpenEdgeMerge>;
}

/** The segment that mutations are being folded into. */
export class OpenSegment {
  readonly #nodes = new Map<NodeName, OpenNode>();
  /** The shape in which a label names nodes here. */
  readonly keyLabels: Map<string, NodeShape> = new Map();
  /** Labels that nodes are given, or lose, besides their key label. */
  readonly extraLabels: Set<string> = new Set();

  get isEmpty(): boolean {
    return this.#nodes.size === 0;
  }

  /** What is known of a node; undefined when no mutation of this segment has named it. */
  find(name: NodeName): OpenNode | undefined {
    return this.#nodes.get(name);
  }

  node(name: NodeName): OpenNode {
    let node = this.#nodes.get(name);
    if (node === undefined) {
      const number = this.#nodes.size;
      const nothing = { deleted: false, merge: undefined, lookedAt: false };
      node = { name, number, ...nothing, pairs: [], out: new Map() };
      this.#nodes.set(name, node);
      this.keyLabels.set(name.shape.label, name.shape);
    }
    return node;
  }

  findPair(edge: EdgeName): OpenPair | undefined {
    const to = this.find(edge.to);
    return to && this.find(edge.from)?.out.get(pairText(edge, to));
  }

  pair(edge: EdgeName): OpenPair {
    const from = this.node(edge.from);
    const to = this.node(edge.to);
    const text = pairText(edge, to);
    let pair = from.out.get(text);
    if (pair === undefined) {
      pair = { from, to, text, deletes: new Map(), merges: new Map() };
      from.out.set(text, pair);
      from.pairs.push(pair);
      to.pairs.push(pair);
    }
    return pair;
  }

  /** Forgets all edges at a node, which is being deleted. Costs as much as there are, once. */
  forgetEdgesAt(node: OpenNode): void {
    for (const pair of node.pairs) {
      pair.deletes.clear();
      pair.merges.clear();
      pair.from.out.delete(pair.text);
    }
    node.pairs = [];
  }

  /** The segment as it now stands. Costs one sort of its rows by name. */
  close(): Segment {
    const nodes = [...this.#nodes.values()].sort((a, b) => inOrder(a.name.text, b.name.text));
    const pairs = nodes.flatMap((node) => [...node.out.values()]);
    return {
      edgeDeletes: pairs.flatMap((pair) => [...pair.deletes.values()]).sort(byEnds),
      nodeDeletes: nodes.filter((node) => node.deleted).map((node) => node.name),
      nodeMerges: nodes.flatMap((node) => nodeMerge(node)),
      edgeMerges: pairs
        .flatMap((pair): EdgeMerge[] => [...pair.merges.values()])
        .sort((a, b) => byEnds(a.edge, b.edge)),
    };
  }
}

/** The merge of a node that nothing but an edge's end has asked for yet. */
export function emptyNodeMerge(): OpenNodeMerge {
  return {
    stub: true,
    change: new GrowingChange(),
    addLabels: new Set(),
    removeLabels: new Set(),
  };
}

/** The merge of an edge, with no change yet. */
export function newEdgeMerge(edge: EdgeName, ends: Ends): OpenEdgeMerge {
  return { edge, ends, change: new GrowingChange() };
}

/** Whether the pair holds an edge that may have to fail in the graph. */
export function canFail(pair: OpenPair): boolean {
  for (const { ends, change } of pair.merges.values()) {
    if (ends === "required" || change.canFail) return true;
  }
  return false;
}

function pairText(edge: EdgeName, to: OpenNode): string {
  return `${to.number}:${edge.shape.type}`;
}

function nodeMerge({ name, merge }: OpenNode): NodeMerge[] {
  if (merge === undefined) return [];
  const { stub, change } = merge;
  const addLabels = [...merge.addLabels].sort();
  const removeLabels = [...merge.removeLabels].sort();
  return [{ node: name, stub, change, addLabels, removeLabels }];
}

function byEnds(a: EdgeName, b: EdgeName): number {
  return (
    inOrder(a.from.text, b.from.text) ||
    inOrder(a.to.text, b.to.text) ||
    inOrder(a.keyText, b.keyText)
  );
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
