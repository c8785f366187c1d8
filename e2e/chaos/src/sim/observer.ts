import type { CanaryEdge, CanaryNode, Graph, Snapshot } from "../truth/evidence.ts";
import { CANARY, GATE } from "../truth/mutations.ts";
import type { GraphStore, NodeState } from "./neo4j/graph-store.ts";

/** Reads the canaries of a graph. */
export function graphOf(store: GraphStore): Graph {
  const keys = new Map<number, string>();
  const nodes: CanaryNode[] = [];
  for (const [id, state] of store.nodes) {
    if (!state.labels.has(CANARY)) continue;
    const node = canaryOf(store, id, state);
    keys.set(id, node.key);
    nodes.push(node);
  }
  const edges: CanaryEdge[] = [];
  for (const { type, from, to, properties } of store.edges.values()) {
    const [start, end] = [keys.get(from), keys.get(to) ?? gateOf(store.nodes.get(to))];
    if (start === undefined || end === undefined) throw new Error("an edge without its ends");
    if (type !== "LINKED" && type !== "COUNTED") throw new Error(`an edge ${type}`);
    edges.push({ type, from: start, to: end, by: String(properties.get("by")) });
  }
  return { nodes, edges };
}

/** What each canary was set to by match. */
export function sweptOf(store: GraphStore): ReadonlyMap<string, number | undefined> {
  const found = new Map<string, number | undefined>();
  for (const { labels, properties } of store.nodes.values()) {
    if (!labels.has(CANARY)) continue;
    const swept = properties.get("swept");
    found.set(String(properties.get("id")), swept === undefined ? undefined : Number(swept));
  }
  return found;
}

/** The last batch in the graph; 0 before the first. */
export function batchOf(store: GraphStore): bigint {
  for (const { labels, properties } of store.nodes.values()) {
    if (labels.has("OutgraphLane")) return properties.get("batch") as bigint;
  }
  return 0n;
}

/** The graph between two commits, for what was written in the last one. */
export function snapshotOf(store: GraphStore): Snapshot | undefined {
  for (const { labels, properties } of store.nodes.values()) {
    if (!labels.has("OutgraphLane")) continue;
    const nodes: CanaryNode[] = [];
    for (const [id, state] of store.nodes) {
      if (state.labels.has(CANARY)) nodes.push(canaryOf(store, id, state));
    }
    const [epoch, batch] = [Number(properties.get("epoch")), Number(properties.get("batch"))];
    return { epoch, batch, nodes };
  }
  return undefined;
}

/** Makes a gate, as somebody who writes to the graph beside the relay. */
export function makeGate(store: GraphStore, gate: string): void {
  const there = [...store.nodes.values()].some(
    ({ labels, properties }) => labels.has(GATE) && properties.get("id") === gate,
  );
  if (there) return;
  store.nodes.set(store.newId(), { labels: new Set([GATE]), properties: new Map([["id", gate]]) });
}

interface Made {
  readonly of: NodeState;
  readonly canary: CanaryNode;
}

/** What was made last of each node of a graph. States never change: many snapshots show the same one. */
const made = new WeakMap<GraphStore, Map<number, Made>>();

function canaryOf(store: GraphStore, id: number, state: NodeState): CanaryNode {
  let known = made.get(store);
  if (known === undefined) {
    known = new Map();
    made.set(store, known);
  }
  const last = known.get(id);
  if (last?.of === state) return last.canary;
  const { properties } = state;
  const n = properties.get("n");
  const canary = {
    key: String(properties.get("id")),
    log: ((properties.get("log") ?? []) as readonly bigint[]).map(Number),
    ...(n !== undefined && { n: Number(n), by: String(properties.get("by")) }),
  };
  known.set(id, { of: state, canary });
  return canary;
}

function gateOf(state: NodeState | undefined): string | undefined {
  return state?.labels.has(GATE) === true ? String(state.properties.get("id")) : undefined;
}
