import type { EdgeName, NodeName } from "../names.ts";
import type { NetChange } from "../property-changes.ts";
import type { EdgeMerge, NodeMerge, Segment } from "../segment.ts";
import { CannotApply } from "./cannot-apply.ts";
import type { Model, ModelNode, Properties } from "./model.ts";
import { accumulated, plain } from "./plain.ts";

/** Applies segments to the model, by what `Segment` says of its parts. */
export function applySegments(model: Model, segments: readonly Segment[]): void {
  for (const segment of segments) {
    for (const edge of segment.edgeDeletes) deleteEdge(model, edge);
    for (const node of segment.nodeDeletes) deleteNode(model, node);
    for (const merge of segment.nodeMerges) mergeNode(model, merge);
    for (const merge of segment.edgeMerges) mergeEdge(model, merge);
  }
}

function deleteEdge(model: Model, { shape, from, to, values }: EdgeName): void {
  for (const a of named(model, from)) {
    for (const b of named(model, to)) {
      for (const edge of model.edgesOf(shape.type, a, b, key(shape.keys, values))) {
        model.edges.delete(edge);
      }
    }
  }
}

function deleteNode(model: Model, name: NodeName): void {
  for (const node of named(model, name)) model.deleteNode(node);
}

function mergeNode(model: Model, merge: NodeMerge): void {
  const { node, stub } = merge;
  let there = named(model, node);
  if (there.length === 0) {
    const labels = new Set([node.shape.label, ...(stub ? ["OutgraphStub"] : [])]);
    there = [{ labels, properties: key(node.shape.keys, node.values) }];
    model.nodes.add(there[0]!);
  }
  for (const { labels, properties } of there) {
    if (!stub) labels.delete("OutgraphStub");
    change(properties, key(node.shape.keys, node.values), merge.change);
    for (const label of merge.addLabels) labels.add(label);
    for (const label of merge.removeLabels) labels.delete(label);
  }
}

function mergeEdge(model: Model, { edge, ends, change: changes }: EdgeMerge): void {
  const { shape, values } = edge;
  const starts = named(model, edge.from);
  const stops = named(model, edge.to);
  if (starts.length === 0 || stops.length === 0) {
    if (ends === "required") throw new CannotApply("a required end is not there");
    if (ends === "made") throw new Error("a segment did not make the end that it says it made");
  }
  for (const from of starts) {
    for (const to of stops) {
      let there = model.edgesOf(shape.type, from, to, key(shape.keys, values));
      if (there.length === 0) {
        there = [{ type: shape.type, from, to, properties: key(shape.keys, values) }];
        model.edges.add(there[0]!);
      }
      for (const { properties } of there) change(properties, key(shape.keys, values), changes);
    }
  }
}

function named(model: Model, { shape, values }: NodeName): ModelNode[] {
  return model.nodesOf(shape.label, key(shape.keys, values));
}

function key(names: readonly string[], values: NodeName["values"]): Properties {
  return new Map(names.map((name, index) => [name, plain(values[index]!)!]));
}

function change(properties: Properties, itsKey: Properties, changes: NetChange): void {
  if (changes.replace) {
    for (const name of properties.keys()) if (!itsKey.has(name)) properties.delete(name);
  }
  for (const [name, value] of changes.set) {
    if (value === null) properties.delete(name);
    else properties.set(name, plain(value)!);
  }
  for (const [name, numbers] of changes.add) {
    for (const number of numbers) {
      properties.set(name, accumulated(properties.get(name), plain(number)!));
    }
  }
  for (const [name, { list }] of changes.append) {
    properties.set(name, accumulated(properties.get(name), plain(list)!));
  }
}
