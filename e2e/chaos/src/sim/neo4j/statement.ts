import { type Clause, clauses } from "./clauses.ts";
import type { Row } from "./expression.ts";
import type { GraphStore } from "./graph-store.ts";
import type { GraphTransaction } from "./graph-transaction.ts";
import { Reader } from "./reader.ts";

const known = new Map<string, readonly Clause[]>();

/** Whether a statement was read before, so that it is none of the special ones. */
export function isRead(cypher: string): boolean {
  return known.has(cypher);
}

/**
 * Runs a statement in a transaction: the very Cypher that the relay sends. What it waits for is locks.
 *
 * @throws Neo4jError as the server does; SyntaxError for Cypher that only a real server reads.
 */
export async function runStatement(
  tx: GraphTransaction,
  cypher: string,
  params: Readonly<Record<string, unknown>>,
): Promise<readonly Row[]> {
  tx.requireOpen();
  const read = known.get(cypher) ?? clauses(new Reader(cypher));
  known.set(cypher, read);
  const scope = { tx, params };
  let rows: readonly Row[] = [{}];
  for (const each of read) {
    const found = each(scope, rows);
    rows = found instanceof Promise ? await found : found;
  }
  tx.requireOpen();
  return rows;
}

const CONSTRAINT = /^CREATE CONSTRAINT \S+ IF NOT EXISTS FOR \(n:`(\w+)`\)/;
const INDEX = /^(?:CREATE|DROP) INDEX `(\w+)`(?:.*:`(\w+)`.* ON \(x\.`(\w+)`\))?/;
const LABELS_BESIDE = /^MATCH \(n:`(\w+)`\) UNWIND labels\(n\)/;
const COUNT = /^MATCH \(n:(\w+)\) RETURN count\(n\) AS stubs$/;

/** The few questions about the schema and the whole graph; undefined for any other statement. */
export function runSpecial(
  store: GraphStore,
  tx: GraphTransaction,
  cypher: string,
  params: Readonly<Record<string, unknown>>,
): readonly Row[] | undefined {
  const constraint = CONSTRAINT.exec(cypher);
  if (constraint !== null) {
    store.unique.add(constraint[1] as string);
    return [];
  }
  const index = INDEX.exec(cypher);
  if (index !== null) {
    const [, name, of, property] = index as unknown as readonly string[];
    if (of === undefined) store.indexes.delete(name as string);
    else store.indexes.set(name as string, `${of}.${property}`);
    return [];
  }
  if (cypher.startsWith("\nSHOW CONSTRAINTS")) {
    return [{ there: store.unique.has(params["label"] as string) }];
  }
  if (cypher.startsWith("\nSHOW INDEXES")) {
    const of = `${params["labelOrType"]}.${params["property"]}`;
    return [{ there: [...store.indexes.values()].includes(of) }];
  }
  const beside = LABELS_BESIDE.exec(cypher);
  if (beside !== null) {
    const labels = new Set<string>();
    tx.eachNode((_, node) => {
      if (node.labels.has(beside[1] as string)) for (const label of node.labels) labels.add(label);
    });
    return [{ labels: [...labels] }];
  }
  const count = COUNT.exec(cypher);
  if (count !== null) {
    const label = count[1] as string;
    let stubs = 0n;
    tx.eachNode((_, node) => {
      if (node.labels.has(label)) stubs += 1n;
    });
    return [{ stubs }];
  }
  return undefined;
}
