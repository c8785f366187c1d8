import type { Db } from "mongodb";
import type { Driver } from "neo4j-driver";
import type { StoredDocument, Work } from "./work.ts";

/**
 * Writes as a program does it that has no outbox: each document, then its statement, each awaited.
 *
 * It is kept as fast as such a program can be: one pool of connections for each server, plain inserts,
 * and statements that commit by themselves, one round trip each, where the driver's `executeQuery` and
 * `executeWrite` have more. Nothing is tried again, looked up or kept in order.
 */
export async function writeTwice(db: Db, graph: Driver, work: Work): Promise<void> {
  for (const { collection, document, statement } of work) {
    await db.collection<StoredDocument>(collection).insertOne(document, DURABLE);
    const { cypher, params } = statement();
    const session = graph.session();
    try {
      await session.run(cypher, params);
    } finally {
      await session.close();
    }
  }
}

const DURABLE = { writeConcern: { w: "majority", journal: true } } as const;
