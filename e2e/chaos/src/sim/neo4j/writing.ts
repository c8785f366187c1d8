import { Edge, Node } from "./element.ts";
import type { Row } from "./expression.ts";
import type { Properties } from "./graph-store.ts";
import type { GraphTransaction } from "./graph-transaction.ts";
import { Neo4jError } from "./neo4j-error.ts";

/** Changes the properties of a node or an edge whose lock is held. */
export function changeProperties(
  tx: GraphTransaction,
  of: Node | Edge,
  change: (properties: Map<string, unknown>) => void,
): void {
  const state = of instanceof Node ? tx.node(of.id) : tx.edge(of.id);
  if (state === undefined) return; // somebody else deleted it: its properties go with it
  const properties = new Map<string, unknown>(state.properties);
  change(properties);
  for (const [name, value] of properties) if (value == null) properties.delete(name);
  if ("labels" in state) tx.writeNode(of.id, { ...state, properties });
  else tx.writeEdge(of.id, { ...state, properties });
}

/** The lock of a node or an edge; undefined when it is held. */
export function lockOf(tx: GraphTransaction, of: Node | Edge): Promise<void> | undefined {
  return tx.lock(of instanceof Node ? `node ${of.id}` : `edge ${of.id}`);
}

/** The node or edge of a variable; undefined for a null. */
export function elementOf(row: Row, variable: string): Node | Edge | undefined {
  const found = row[variable];
  if (found instanceof Node || found instanceof Edge) return found;
  if (found == null) return undefined;
  throw new SyntaxError(`${variable} is neither a node nor an edge`);
}

export function changeLabels(
  tx: GraphTransaction,
  of: Node,
  change: (labels: Set<string>) => void,
): void {
  const state = tx.node(of.id);
  if (state === undefined) throw gone();
  const labels = new Set(state.labels);
  change(labels);
  tx.writeNode(of.id, { ...state, labels });
}

/** The key of a merge as a lock's name: what a uniqueness constraint locks. */
export function keyLock(label: string, properties: Properties): string {
  return `key ${label} ${[...properties].map(([name, value]) => `${name}=${value}`).join()}`;
}

/** Somebody else deleted it while this one waited for its lock. */
export function gone(): Neo4jError {
  return new Neo4jError("Neo.ClientError.Statement.EntityNotFound", "it was deleted meanwhile");
}
