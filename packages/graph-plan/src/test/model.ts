import {
  AbsentEnds,
  type Accumulate,
  type EdgeMatch,
  type EdgeRef,
  type MergeEdge,
  type MergeNode,
  type Mutation,
  type NodeMatch,
  type NodeRef,
} from "@outgraph/events";
import { CannotApply } from "./cannot-apply.ts";
import { accumulated, isEqual, type Plain, plain } from "./plain.ts";

/** A property graph in memory that applies mutations one by one, straight from the contract's words. */
export class Model {
  readonly nodes: Set<ModelNode> = new Set();
  readonly edges: Set<ModelEdge> = new Set();

  /** Applies all of them, or throws `CannotApply` after some. */
  apply(mutations: readonly Mutation[]): void {
    for (const mutation of mutations) this.#applyOne(mutation);
  }

  copy(): Model {
    const copy = new Model();
    const copies = new Map<ModelNode, ModelNode>();
    for (const node of this.nodes) {
      const same = { labels: new Set(node.labels), properties: new Map(node.properties) };
      copies.set(node, same);
      copy.nodes.add(same);
    }
    for (const { type, from, to, properties } of this.edges) {
      const ends = { from: copies.get(from)!, to: copies.get(to)! };
      copy.edges.add({ type, ...ends, properties: new Map(properties) });
    }
    return copy;
  }

  nodesOf(label: string, key: Properties): ModelNode[] {
    return [...this.nodes].filter((node) => node.labels.has(label) && hasAll(node.properties, key));
  }

  edgesOf(type: string, from: ModelNode, to: ModelNode, key: Properties): ModelEdge[] {
    return [...this.edges].filter(
      (edge) =>
        edge.type === type && edge.from === from && edge.to === to && hasAll(edge.properties, key),
    );
  }

  /** Every node when there is no match. */
  nodesMatching(match: NodeMatch | undefined): ModelNode[] {
    return match ? this.nodesOf(match.label, propertiesOf(match.where)) : [...this.nodes];
  }

  edgesMatching({ type, from, to, where }: EdgeMatch): ModelEdge[] {
    const starts = new Set(this.nodesMatching(from));
    const stops = new Set(this.nodesMatching(to));
    return [...this.edges].filter(
      (edge) =>
        edge.type === type &&
        starts.has(edge.from) &&
        stops.has(edge.to) &&
        hasAll(edge.properties, propertiesOf(where)),
    );
  }

  deleteNode(node: ModelNode): void {
    this.nodes.delete(node);
    for (const edge of this.edges) {
      if (edge.from === node || edge.to === node) this.edges.delete(edge);
    }
  }

  #applyOne({ kind }: Mutation): void {
    switch (kind.case) {
      case "mergeNode":
        this.#mergeNode(kind.value);
        break;
      case "deleteNode":
        for (const node of this.#named(kind.value.node!)) this.deleteNode(node);
        break;
      case "mergeEdge":
        this.#mergeEdge(kind.value);
        break;
      case "deleteEdge":
        for (const edge of this.#edgesNamed(kind.value.edge!)) this.edges.delete(edge);
        break;
      case "accumulate":
        this.#accumulate(kind.value);
        break;
      case "createEdge": {
        const { type, from, to, set, absentEnds } = kind.value;
        const properties = propertiesOf(set);
        for (const [a, b] of this.#pairsOf(from!, to!, absentEnds)) {
          this.edges.add({ type, from: a, to: b, properties: new Map(properties) });
        }
        break;
      }
      case "updateNodes":
        for (const node of this.nodesMatching(kind.value.match)) {
          change(node.properties, {}, { ...kind.value, replace: false });
        }
        break;
      case "deleteNodes":
        for (const node of this.nodesMatching(kind.value.match)) this.deleteNode(node);
        break;
      case "mergeEdges": {
        const { type, from, to, key } = kind.value;
        for (const a of this.nodesMatching(from)) {
          for (const b of this.nodesMatching(to)) {
            for (const edge of this.#mergedBetween(type, a, b, propertiesOf(key))) {
              change(edge.properties, key, kind.value);
            }
          }
        }
        break;
      }
      case "updateEdges":
        for (const edge of this.edgesMatching(kind.value.match!)) {
          change(edge.properties, {}, { ...kind.value, replace: false });
        }
        break;
      case "deleteEdges":
        for (const edge of this.edgesMatching(kind.value.match!)) this.edges.delete(edge);
        break;
      case undefined:
        throw new Error("no mutation");
    }
  }

  #mergeNode(mutation: MergeNode): void {
    for (const node of this.#mergedNodes(mutation.node!, [])) {
      node.labels.delete("OutgraphStub");
      change(node.properties, mutation.node!.key, mutation);
      for (const label of mutation.addLabels) node.labels.add(label);
      for (const label of mutation.removeLabels) node.labels.delete(label);
    }
  }

  #mergeEdge(mutation: MergeEdge): void {
    for (const edge of this.#mergedEdges(mutation.edge!, mutation.absentEnds)) {
      change(edge.properties, mutation.edge!.key, mutation);
    }
  }

  #accumulate(mutation: Accumulate): void {
    const targets =
      mutation.target.case === "node"
        ? this.#mergedNodes(mutation.target.value, ["OutgraphStub"])
        : this.#mergedEdges(mutation.target.value!, mutation.absentEnds);
    for (const { properties } of targets) {
      for (const [name, value] of Object.entries({ ...mutation.add, ...mutation.append })) {
        properties.set(name, accumulated(properties.get(name), plain(value)!));
      }
    }
  }

  #named(ref: NodeRef): ModelNode[] {
    return this.nodesOf(ref.label, propertiesOf(ref.key));
  }

  #edgesNamed({ type, from, to, key }: EdgeRef): ModelEdge[] {
    return this.#named(from!).flatMap((a) =>
      this.#named(to!).flatMap((b) => this.edgesOf(type, a, b, propertiesOf(key))),
    );
  }

  #mergedNodes(ref: NodeRef, labelsWhenNew: readonly string[]): ModelNode[] {
    const there = this.#named(ref);
    if (there.length > 0) return there;
    const labels = new Set([ref.label, ...labelsWhenNew]);
    const node = { labels, properties: propertiesOf(ref.key) };
    this.nodes.add(node);
    return [node];
  }

  #ends(ref: NodeRef, absentEnds: number): ModelNode[] {
    const there = this.#named(ref);
    if (there.length > 0 || absentEnds === AbsentEnds.IF_PRESENT) return there;
    if (absentEnds === AbsentEnds.REQUIRE) throw new CannotApply("an end is not there");
    return this.#mergedNodes(ref, ["OutgraphStub"]);
  }

  #pairsOf(from: NodeRef, to: NodeRef, absentEnds: number): [ModelNode, ModelNode][] {
    const starts = this.#ends(from, absentEnds);
    const stops = this.#ends(to, absentEnds);
    return starts.flatMap((a) => stops.map((b): [ModelNode, ModelNode] => [a, b]));
  }

  #mergedEdges({ type, from, to, key }: EdgeRef, absentEnds: number): ModelEdge[] {
    return this.#pairsOf(from!, to!, absentEnds).flatMap(([a, b]) =>
      this.#mergedBetween(type, a, b, propertiesOf(key)),
    );
  }

  #mergedBetween(type: string, from: ModelNode, to: ModelNode, key: Properties): ModelEdge[] {
    const there = this.edgesOf(type, from, to, key);
    if (there.length > 0) return there;
    const edge = { type, from, to, properties: new Map(key) };
    this.edges.add(edge);
    return [edge];
  }
}

export type Properties = Map<string, Plain>;

export interface ModelNode {
  readonly labels: Set<string>;
  readonly properties: Properties;
}

export interface ModelEdge {
  readonly type: string;
  readonly from: ModelNode;
  readonly to: ModelNode;
  readonly properties: Properties;
}

function propertiesOf(values: NodeRef["key"]): Properties {
  const properties: Properties = new Map();
  for (const [name, value] of Object.entries(values)) {
    const given = plain(value);
    if (given !== null) properties.set(name, given);
  }
  return properties;
}

function hasAll(properties: Properties, wanted: Properties): boolean {
  return [...wanted].every(([name, value]) => isEqual(properties.get(name), value));
}

function change(
  properties: Properties,
  key: NodeRef["key"],
  { set, unset, replace }: Pick<MergeNode, "set" | "unset" | "replace">,
): void {
  if (replace) {
    for (const name of properties.keys()) if (!(name in key)) properties.delete(name);
  }
  for (const [name, value] of Object.entries(set)) {
    const given = plain(value);
    if (given === null) properties.delete(name);
    else properties.set(name, given);
  }
  for (const name of unset) properties.delete(name);
}
