import type { EdgeName, EdgesWhere, NodeName, NodesWhere } from "../names.ts";
import type { NetChange } from "../property-changes.ts";
import type { EdgeMerge, Match, NodeMerge, Segment } from "../segment.ts";
import { CannotApply } from "./cannot-apply.ts";
import type { Model, ModelEdge, ModelNode, Properties } from "./model.ts";
import { accumulated, plain } from "./plain.ts";

/** Applies segments to the model, by what `Segment` says of its parts. */
export function applySegments(model: Model, segments: readonly Segment[]): void {
  for (const segment of segments) {
    requireOneRowEach(segment);
    // The rows of a group could take effect in any order, so the last comes first here.
    for (const group of segment.matches) {
      for (const match of group.toReversed()) applyMatch(model, match);
    }
    for (const edge of segment.edgeDeletes) deleteEdge(model, edge);
    for (const node of segment.nodeDeletes) deleteNode(model, node);
    for (const merge of segment.nodeMerges) mergeNode(model, merge);
    for (const merge of segment.edgeMerges) mergeEdge(model, merge);
    for (const made of segment.edgeCreates) createEdge(model, made);
  }
}

/** No statement may meet a node or an edge twice: the second row would not see what the first did. */
function requireOneRowEach(segment: Segment): void {
  const edgeText = ({ from, to, keyText }: EdgeName) => `${from.text} ${to.text} ${keyText}`;
  const parts = [
    segment.edgeDeletes.map(edgeText),
    segment.nodeDeletes.map(({ text }) => text),
    segment.nodeMerges.map(({ node }) => node.text),
    segment.edgeMerges.map(({ edge }) => edgeText(edge)),
  ];
  for (const texts of parts) {
    if (new Set(texts).size < texts.length) throw new Error(`two rows of one: ${texts.join(", ")}`);
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

function mergeEdge(model: Model, merge: EdgeMerge): void {
  const { shape, values } = merge.edge;
  for (const [from, to] of endsOf(model, merge)) {
    mergeBetween(model, { type: shape.type, from, to }, key(shape.keys, values), merge.change);
  }
}

function mergeBetween(
  model: Model,
  { type, from, to }: Omit<ModelEdge, "properties">,
  itsKey: Properties,
  changes: NetChange,
): void {
  let there = model.edgesOf(type, from, to, itsKey);
  if (there.length === 0) {
    there = [{ type, from, to, properties: new Map(itsKey) }];
    model.edges.add(there[0]!);
  }
  for (const { properties } of there) change(properties, itsKey, changes);
}

function createEdge(model: Model, made: EdgeMerge): void {
  for (const [from, to] of endsOf(model, made)) {
    const edge = { type: made.edge.shape.type, from, to, properties: new Map() };
    change(edge.properties, new Map(), made.change);
    model.edges.add(edge);
  }
}

function endsOf(model: Model, { edge, ends }: EdgeMerge): [ModelNode, ModelNode][] {
  const starts = named(model, edge.from);
  const stops = named(model, edge.to);
  if (starts.length === 0 || stops.length === 0) {
    if (ends === "required") throw new CannotApply("a required end is not there");
    if (ends === "made") throw new Error("a segment did not make the end that it says it made");
  }
  return starts.flatMap((a) => stops.map((b): [ModelNode, ModelNode] => [a, b]));
}

function applyMatch(model: Model, match: Match): void {
  switch (match.kind) {
    case "updateNodes":
      for (const { properties } of nodesWhere(model, match.nodes)) {
        change(properties, new Map(), match.change);
      }
      break;
    case "deleteNodes":
      for (const node of nodesWhere(model, match.nodes)) model.deleteNode(node);
      break;
    case "updateEdges":
      for (const { properties } of edgesWhere(model, match.edges)) {
        change(properties, new Map(), match.change);
      }
      break;
    case "deleteEdges":
      for (const edge of edgesWhere(model, match.edges)) model.edges.delete(edge);
      break;
    case "mergeEdges": {
      const { shape, values } = match.edges;
      for (const from of nodesWhere(model, match.edges.from)) {
        for (const to of nodesWhere(model, match.edges.to)) {
          const edge = { type: shape.type, from, to };
          mergeBetween(model, edge, key(shape.keys, values), match.change);
        }
      }
      break;
    }
  }
}

function nodesWhere(model: Model, where: NodesWhere | undefined): ModelNode[] {
  if (where === undefined) return [...model.nodes];
  return model.nodesOf(where.shape.label, key(where.shape.keys, where.values));
}

function edgesWhere(model: Model, { shape, from, to, values }: EdgesWhere): ModelEdge[] {
  return nodesWhere(model, from).flatMap((a) =>
    nodesWhere(model, to).flatMap((b) => model.edgesOf(shape.type, a, b, key(shape.keys, values))),
  );
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
