import type { EdgeRef, MergeNode, Mutation, NodeRef, Value } from "@outgraph/events";
import type { Dataset } from "./dataset.ts";

/** How much of one kind there is: of nodes with the same labels, or of edges of one type. */
export interface Amount {
  /** Labels with `:` between them, sorted; or `-` and the type. */
  readonly kind: string;
  readonly many: number;
  /** Properties of all of them. */
  readonly properties: number;
  /** The sum of what is an integer among these. */
  readonly sum: bigint;
}

/**
 * What a dataset makes of an empty graph when its changes are applied one by one; found without
 * anything of the product.
 *
 * @throws TypeError for a kind of change that no dataset has.
 */
export function expectedGraph({ entries }: Dataset): string {
  const graph = new Graph();
  for (const mutations of entries) for (const each of mutations) graph.apply(each);
  return amountsText(graph.amounts());
}

/** Sorted, one text; equal exactly when the amounts are. */
export function amountsText(amounts: readonly Amount[]): string {
  return amounts
    .map(({ kind, many, properties, sum }) => `${kind}: ${many} with ${properties}, sum ${sum}`)
    .sort()
    .join("\n");
}

type Properties = Map<string, bigint | undefined>;

interface Node {
  readonly labels: Set<string>;
  properties: Properties;
  readonly edges: Set<string>;
}

interface Edge {
  readonly type: string;
  readonly ends: readonly Node[];
  properties: Properties;
}

const STUB = "OutgraphStub";

class Graph {
  readonly #nodes = new Map<string, Node>();
  readonly #edges = new Map<string, Edge>();
  #created = 0;

  apply({ kind }: Mutation): void {
    switch (kind.case) {
      case "mergeNode": {
        const node = this.#merged(kind.value.node as NodeRef);
        node.labels.delete(STUB);
        node.properties = changed(node.properties, kind.value, kind.value.node?.key ?? {});
        for (const label of kind.value.addLabels) node.labels.add(label);
        for (const label of kind.value.removeLabels) node.labels.delete(label);
        break;
      }
      case "deleteNode": {
        const key = keyOf(kind.value.node as NodeRef);
        for (const edge of this.#nodes.get(key)?.edges ?? []) this.#deleteEdge(edge);
        this.#nodes.delete(key);
        break;
      }
      case "mergeEdge": {
        const edge = this.#edge(kind.value.edge as EdgeRef, "");
        edge.properties = changed(edge.properties, kind.value, {});
        break;
      }
      case "createEdge": {
        const { type, from, to, set } = kind.value;
        const edge = this.#edge({ type, from, to } as EdgeRef, `${++this.#created}+`);
        edge.properties = propertiesOf(set);
        break;
      }
      case "deleteEdge":
        this.#deleteEdge(edgeKeyOf(kind.value.edge as EdgeRef));
        break;
      case "accumulate": {
        const { target, add, append } = kind.value;
        if (target.case !== "node") throw new TypeError("accumulate at an edge");
        const { properties } = this.#merged(target.value);
        for (const [name, value] of propertiesOf(add))
          properties.set(name, (properties.get(name) ?? 0n) + (value ?? 0n));
        for (const name of Object.keys(append)) properties.set(name, undefined);
        break;
      }
      default:
        throw new TypeError(`no dataset has ${kind.case}`);
    }
  }

  amounts(): Amount[] {
    const amounts = new Map<string, { many: number; properties: number; sum: bigint }>();
    const count = (kind: string, properties: Properties): void => {
      const amount = amounts.get(kind) ?? { many: 0, properties: 0, sum: 0n };
      amount.many += 1;
      amount.properties += properties.size;
      for (const value of properties.values()) amount.sum += value ?? 0n;
      amounts.set(kind, amount);
    };
    for (const { labels, properties } of this.#nodes.values())
      count([...labels].sort().join(":"), properties);
    for (const { type, properties } of this.#edges.values()) count(`-${type}`, properties);
    return [...amounts].map(([kind, amount]) => ({ kind, ...amount }));
  }

  #merged(ref: NodeRef): Node {
    const key = keyOf(ref);
    const there = this.#nodes.get(key);
    if (there !== undefined) return there;
    const labels = new Set([ref.label, STUB]);
    const node = { labels, properties: propertiesOf(ref.key), edges: new Set<string>() };
    this.#nodes.set(key, node);
    return node;
  }

  #edge(ref: EdgeRef, parallel: string): Edge {
    const key = parallel + edgeKeyOf(ref);
    const there = this.#edges.get(key);
    if (there !== undefined) return there;
    const ends = [this.#merged(ref.from as NodeRef), this.#merged(ref.to as NodeRef)];
    for (const end of ends) end.edges.add(key);
    const edge = { type: ref.type, ends, properties: new Map() };
    this.#edges.set(key, edge);
    return edge;
  }

  #deleteEdge(key: string): void {
    for (const end of this.#edges.get(key)?.ends ?? []) end.edges.delete(key);
    this.#edges.delete(key);
  }
}

function keyOf({ label, key }: NodeRef): string {
  const values = Object.entries(key).map(([name, { kind }]) => `${name}=${kind.value}`);
  return `${label} ${values.sort().join(" ")}`;
}

function edgeKeyOf({ type, from, to, key }: EdgeRef): string {
  if (Object.keys(key ?? {}).length > 0) throw new TypeError("an edge with a key");
  return `${type} ${keyOf(from as NodeRef)} ${keyOf(to as NodeRef)}`;
}

function propertiesOf(values: Readonly<Record<string, Value>>): Properties {
  const given = Object.entries(values).filter(([, { kind }]) => kind.case !== "nullValue");
  return new Map(
    given.map(([name, { kind }]) => [name, kind.case === "int64Value" ? kind.value : undefined]),
  );
}

function changed(
  before: Properties,
  { set, unset, replace }: Pick<MergeNode, "set" | "unset" | "replace">,
  key: NodeRef["key"],
): Properties {
  const after = replace ? propertiesOf(key) : before;
  for (const [name, value] of Object.entries(set)) {
    if (value.kind.case === "nullValue") after.delete(name);
    else after.set(name, value.kind.case === "int64Value" ? value.kind.value : undefined);
  }
  for (const name of unset) after.delete(name);
  return after;
}
