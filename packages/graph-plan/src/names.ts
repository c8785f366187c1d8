import type { EdgeMatch, EdgeRef, NodeMatch, NodeRef, Value } from "@outgraph/events";
import { BrokenContract, checkedLabel, checkedProperty } from "./broken-contract.ts";
import { keyNames, keyText, listText, sized } from "./key.ts";

/** One way to name or to match nodes: a label and the properties that it is done by. */
export interface NodeShape {
  readonly label: string;
  /** Sorted. Never empty in a name. */
  readonly keys: readonly string[];
  /** The shape as one text; other shapes have other texts. */
  readonly text: string;
}

/** What names one node. */
export interface NodeName {
  readonly shape: NodeShape;
  /** In the order of `shape.keys`. */
  readonly values: readonly Value[];
  /** The name as one text: equal for the same node, and for no other name. */
  readonly text: string;
}

/** One way to name or to match edges: a type and the properties that it is done by. */
export interface EdgeShape {
  readonly type: string;
  /** Sorted. Empty in a name where there is one edge of the type between two ends. */
  readonly keys: readonly string[];
  readonly text: string;
}

/** What names one edge, or, in a delete without a key, all of the type between its ends. */
export interface EdgeName {
  readonly shape: EdgeShape;
  readonly from: NodeName;
  readonly to: NodeName;
  /** In the order of `shape.keys`. */
  readonly values: readonly Value[];
  /** Shape and key as one text, without the ends. */
  readonly keyText: string;
}

/** Nodes of a label whose properties equal the given ones. */
export interface NodesWhere {
  readonly shape: NodeShape;
  /** In the order of `shape.keys`. */
  readonly values: readonly Value[];
}

/** Edges of a type whose properties, and ends where given, equal the given ones. */
export interface EdgesWhere {
  readonly shape: EdgeShape;
  readonly from: NodesWhere | undefined;
  readonly to: NodesWhere | undefined;
  /** In the order of `shape.keys`. */
  readonly values: readonly Value[];
}

/**
 * Reads names out of a batch. Nodes and shapes that are the same are the same object, so that what
 * follows compares and looks them up as objects, and names are checked once a shape.
 */
export class Names {
  readonly #names = new Map<string, NodeName>();
  readonly #nodes = new Map<string, Map<string, NodeShape>>();
  readonly #edges = new Map<string, Map<string, EdgeShape>>();

  /** @throws BrokenContract for a name or key that the contract refuses. */
  node(ref: NodeRef | undefined): NodeName {
    if (ref === undefined) throw new BrokenContract("a node is missing");
    const keys = keyNames(ref.key);
    if (keys.length === 0) throw new BrokenContract(`a ${ref.label} without a key names no node`);
    const shape = this.#nodeShape(ref.label, keys);
    const values = valuesOf(ref.key, keys);
    const text = shape.text + textOf(values);
    let name = this.#names.get(text);
    if (name === undefined) {
      name = { shape, values, text };
      this.#names.set(text, name);
    }
    return name;
  }

  /** @throws BrokenContract for a name or key that the contract refuses. */
  edge(ref: Omit<EdgeRef, "$typeName"> | undefined): EdgeName {
    if (ref === undefined) throw new BrokenContract("an edge is missing");
    const keys = keyNames(ref.key);
    const shape = this.#edgeShape(ref.type, keys);
    const values = valuesOf(ref.key, keys);
    return {
      shape,
      from: this.node(ref.from),
      to: this.node(ref.to),
      values,
      keyText: shape.text + textOf(values),
    };
  }

  /** @throws BrokenContract for a name that the contract refuses, and for a null, which equals nothing. */
  nodesWhere(match: NodeMatch | undefined): NodesWhere {
    if (match === undefined) throw new BrokenContract("a match of nodes is missing");
    const keys = keyNames(match.where);
    return {
      shape: this.#nodeShape(match.label, keys),
      values: matchable(valuesOf(match.where, keys)),
    };
  }

  /** @throws BrokenContract as `nodesWhere`. */
  edgesWhere(match: Omit<EdgeMatch, "$typeName"> | undefined): EdgesWhere {
    if (match === undefined) throw new BrokenContract("a match of edges is missing");
    const keys = keyNames(match.where);
    return {
      shape: this.#edgeShape(match.type, keys),
      from: match.from && this.nodesWhere(match.from),
      to: match.to && this.nodesWhere(match.to),
      values: matchable(valuesOf(match.where, keys)),
    };
  }

  #nodeShape(label: string, keys: readonly string[]): NodeShape {
    return shapeOf(this.#nodes, label, keys, (text) => ({
      label: checkedLabel(label),
      keys,
      text,
    }));
  }

  #edgeShape(type: string, keys: readonly string[]): EdgeShape {
    return shapeOf(this.#edges, type, keys, (text) => ({ type: checkedLabel(type), keys, text }));
  }
}

function shapeOf<Shape>(
  known: Map<string, Map<string, Shape>>,
  label: string,
  keys: readonly string[],
  make: (text: string) => Shape,
): Shape {
  let shapes = known.get(label);
  if (shapes === undefined) {
    shapes = new Map();
    known.set(label, shapes);
  }
  const keysText = listText(keys);
  let shape = shapes.get(keysText);
  if (shape === undefined) {
    keys.forEach(checkedProperty);
    shape = make(sized(label) + keysText);
    shapes.set(keysText, shape);
  }
  return shape;
}

function valuesOf(key: Readonly<Record<string, Value>>, keys: readonly string[]): Value[] {
  return keys.map((name) => key[name] as Value); // the names come from the key itself
}

function textOf(values: readonly Value[]): string {
  let text = "";
  for (const value of values) text += keyText(value);
  return text;
}

function matchable(values: readonly Value[]): readonly Value[] {
  for (const { kind } of values) {
    if (kind.case === undefined || kind.case === "nullValue") {
      throw new BrokenContract("null equals nothing, so it cannot be matched");
    }
  }
  return values;
}
