import type { Entry } from "@outgraph/events";
import { compilePlan, fold, type Statement } from "@outgraph/graph-plan";
import { Neo4jGraph } from "@outgraph/relay/test";
import type { Driver } from "neo4j-driver";

/** The statements of one transaction. */
export type Chunk = readonly Pick<Statement, "cypher" | "params">[];

/**
 * What a relay would commit, cut by rows, and nothing else: no journal, no acks, nothing read. Made
 * before the time begins.
 */
export function foldedChunks(entries: readonly Entry[], rowsMax: number): Chunk[] {
  return cut(entries, rowsMax).map((part) => compilePlan(fold(part), { encode }).statements);
}

/** The same, but a row for each change: those after one another that have one shape share a statement. */
export function unfoldedChunks(entries: readonly Entry[], rowsMax: number): Chunk[] {
  return cut(entries, rowsMax).map((part) => {
    const statements: { cypher: string; params: { rows: unknown[] } }[] = [];
    const open = new Map<string, { cypher: string; params: { rows: unknown[] } }>();
    for (const entry of part) {
      for (const event of entry.events) {
        for (const mutation of event.mutations) {
          const alone = { ...entry, events: [{ ...event, mutations: [mutation] }] };
          for (const { cypher, params } of compilePlan(fold([alone]), { encode }).statements) {
            const statement = open.get(cypher) ?? { cypher, params: { rows: [] } };
            if (!open.has(cypher)) statements.push(statement);
            open.set(cypher, statement);
            statement.params.rows.push(...params.rows);
          }
        }
      }
    }
    return statements as unknown as Chunk;
  });
}

/** Runs the chunks, a transaction each, its statements without waiting for one another. */
export async function rawLoop(driver: Driver, chunks: readonly Chunk[]): Promise<number> {
  const session = driver.session();
  const began = performance.now();
  try {
    for (const chunk of chunks) {
      const transaction = await session.beginTransaction();
      const runs = chunk.map(({ cypher, params }) => transaction.run(cypher, params));
      await Promise.all(runs);
      await transaction.commit();
    }
    return (performance.now() - began) / 1_000;
  } finally {
    await session.close();
  }
}

function cut(entries: readonly Entry[], rowsMax: number): Entry[][] {
  const parts: Entry[][] = [];
  let [part, rows]: [Entry[], number] = [[], 0];
  for (const entry of entries) {
    const more = entry.events.reduce((sum, { mutations }) => sum + mutations.length, 0);
    if (part.length > 0 && rows + more > rowsMax) {
      parts.push(part);
      [part, rows] = [[], 0];
    }
    part.push(entry);
    rows += more;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

const { encode } = new Neo4jGraph({
  uri: "bolt://127.0.0.1:1", // never connected to: it only knows how values are told
  user: "",
  password: "",
  database: "",
  transactionMsMax: 1_000,
});
