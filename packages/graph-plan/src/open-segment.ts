import { MatchGroups } from "./match-groups.ts";
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
  pairs: OpenPair[] | undefined;
}

/** A `NodeMerge` that is still growing. */
export interface OpenNodeMerge {
  stub: boolean;
  readonly change: GrowingChange;
  addLabels: Set<string> | undefined;
  removeLabels: Set<string> | undefined;
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
  /** Tells it from the other pairs of the segment. */
  readonly text: string;
  /** By key text. */
  deletes: Map<string, EdgeName> | undefined;
  /** By key text. */
  readonly merges: Map<string, OpenEdgeMerge>;
  /** After the merges. */
  creates: OpenEdgeMerge[] | undefined;
}

/** The segment that mutations are being folded into. */
export class OpenSegment {
  readonly #nodes = new Map<NodeName, OpenNode>();
  /** By their text; no emptied ones. */
  readonly #pairs = new Map<string, OpenPair>();
  /** The shape in which a label names nodes here. */
  readonly keyLabels: Map<string, NodeShape> = new Map();
  /** Labels that nodes are given, or lose, besides their key label. */
  readonly extraLabels: Set<string> = new Set();
  /** What comes before everything else. */
  readonly matches: MatchGroups = new MatchGroups();

  get isEmpty(): boolean {
    return !this.hasRows && this.matches.isEmpty;
  }

  /** Whether it names any node, so that a match could meet it. */
  get hasRows(): boolean {
    return this.#nodes.size > 0;
  }

  /** What is known of a node; undefined when no mutation of this segment has named it. */
  find(name: NodeName): OpenNode | undefined {
    return this.#nodes.get(name);
  }

  node(name: NodeName): OpenNode {
    let node = this.#nodes.get(name);
    if (node === undefined) {
      const number = this.#nodes.size;
      node = { name, number, deleted: false, merge: undefined, lookedAt: false, pairs: undefined };
      this.#nodes.set(name, node);
      this.keyLabels.set(name.shape.label, name.shape);
    }
    return node;
  }

  findPair(edge: EdgeName): OpenPair | undefined {
    const from = this.find(edge.from);
    const to = this.find(edge.to);
    return from && to && this.#pairs.get(pairText(edge, from, to));
  }

  pair(edge: EdgeName): OpenPair {
    const from = this.node(edge.from);
    const to = this.node(edge.to);
    const text = pairText(edge, from, to);
    let pair = this.#pairs.get(text);
    if (pair === undefined) {
      pair = { from, to, text, deletes: undefined, merges: new Map(), creates: undefined };
      this.#pairs.set(text, pair);
      addPair(from, pair);
      if (to !== from) addPair(to, pair);
    }
    return pair;
  }

  /** Forgets all edges at a node, which is being deleted. Costs as much as there are, once. */
  forgetEdgesAt(node: OpenNode): void {
    for (const pair of node.pairs ?? []) {
      pair.deletes = undefined;
      pair.merges.clear();
      pair.creates = undefined;
      this.#pairs.delete(pair.text);
    }
    node.pairs = undefined;
  }

  /** The segment as it now stands. Costs one sort of its rows by name. */
  close(): Segment {
    const nodes = [...this.#nodes.values()].sort((a, b) => inOrder(a.name.text, b.name.text));
    const segment = {
      matches: this.matches.close(),
      edgeDeletes: [] as EdgeName[],
      nodeDeletes: [] as NodeName[],
      nodeMerges: [] as NodeMerge[],
      edgeMerges: [] as EdgeMerge[],
      edgeCreates: [] as EdgeMerge[],
    };
    for (const node of nodes) {
      if (node.deleted) segment.nodeDeletes.push(node.name);
      if (node.merge !== undefined) segment.nodeMerges.push(nodeMerge(node.name, node.merge));
    }
    for (const { deletes, merges, creates } of this.#pairs.values()) {
      if (deletes !== undefined)
        for (const edge of deletes.values()) segment.edgeDeletes.push(edge);
      for (const merge of merges.values()) segment.edgeMerges.push(merge);
      if (creates !== undefined) for (const made of creates) segment.edgeCreates.push(made);
    }
    segment.edgeDeletes.sort(byEnds);
    segment.edgeMerges.sort((a, b) => byEnds(a.edge, b.edge));
    segment.edgeCreates.sort((a, b) => byEnds(a.edge, b.edge)); // stable: parallel ones as they came
    return segment;
  }
}

/** The merge of a node that nothing but an edge's end has asked for yet. */
export function emptyNodeMerge(): OpenNodeMerge {
  return {
    stub: true,
    change: new GrowingChange(),
    addLabels: undefined,
    removeLabels: undefined,
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
  return pair.creates?.some(({ ends }) => ends === "required") === true;
}

function pairText(edge: EdgeName, from: OpenNode, to: OpenNode): string {
  return `${from.number} ${to.number} ${edge.shape.type}`;
}

function addPair(node: OpenNode, pair: OpenPair): void {
  if (node.pairs === undefined) node.pairs = [pair];
  else node.pairs.push(pair);
}

const NO_LABELS: readonly string[] = [];

function nodeMerge(node: NodeName, { stub, change, ...labels }: OpenNodeMerge): NodeMerge {
  const addLabels = labels.addLabels === undefined ? NO_LABELS : [...labels.addLabels].sort();
  const removeLabels =
    labels.removeLabels === undefined ? NO_LABELS : [...labels.removeLabels].sort();
  return { node, stub, change, addLabels, removeLabels };
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
