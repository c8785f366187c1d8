import type { Value } from "@outgraph/events";
import type { EdgeName, EdgesWhere, NodeName, NodesWhere } from "./names.ts";
import type { NetChange } from "./property-changes.ts";
import type { Match } from "./segment.ts";

/** A map as a driver takes it. */
export type Params = Record<string, unknown>;

/** Makes the parameters of rows, each value encoded once. */
export class Encoder {
  readonly #encode: (value: Value) => unknown;
  readonly #keys = new Map<NodeName, Params>();

  constructor(encode: (value: Value) => unknown) {
    this.#encode = encode;
  }

  /** A node's key. The same object for every row that names the node. */
  nodeKey(name: NodeName): Params {
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = this.#key(name.shape.keys, name.values);
      this.#keys.set(name, key);
    }
    return key;
  }

  /** An edge's ends, and its key if it has one. */
  edge({ shape, from, to, values }: EdgeName): Params {
    const row: Params = { from: this.nodeKey(from), to: this.nodeKey(to) };
    if (values.length > 0) row["key"] = this.#key(shape.keys, values);
    return row;
  }

  /** Writes what a change needs into `row`. */
  change(row: Params, { replace, set, add, append }: NetChange): Params {
    if (replace || set.size > 0) {
      const properties: Params = {};
      for (const [name, value] of set) {
        properties[name] = value === null ? null : this.#encode(value);
      }
      row["set"] = properties;
    }
    if (add.size > 0) {
      const numbers: Params = {};
      for (const [name, values] of add) {
        numbers[name] = values.map((value) => this.#encode(value));
      }
      row["add"] = numbers;
    }
    if (append.size > 0) {
      const lists: Params = {};
      for (const [name, { list }] of append) lists[name] = this.#encode(list);
      row["append"] = lists;
    }
    return row;
  }

  /** What a match compares with, and what it writes. */
  match(match: Match): Params {
    const row = "nodes" in match ? { where: this.#where(match.nodes) } : this.#edgesWhere(match);
    return "change" in match ? this.change(row, match.change) : row;
  }

  #edgesWhere({ kind, edges }: Extract<Match, { edges: EdgesWhere }>): Params {
    const row: Params = {};
    if (edges.from !== undefined) row["from"] = this.#where(edges.from);
    if (edges.to !== undefined) row["to"] = this.#where(edges.to);
    row[kind === "mergeEdges" ? "key" : "where"] = this.#where(edges);
    return row;
  }

  #where({ shape, values }: NodesWhere | EdgesWhere): Params {
    return this.#key(shape.keys, values);
  }

  #key(names: readonly string[], values: readonly Value[]): Params {
    const key: Params = {};
    for (const [index, name] of names.entries()) {
      key[name] = this.#encode(values[index] as Value); // there are as many of both
    }
    return key;
  }
}
