import { create } from "@bufbuild/protobuf";
import { contentDigest, EntrySchema } from "@outgraph/events";
import { entryDocument, outboxCollections } from "@outgraph/outbox";
import type { OutboxUnderTest } from "./outbox-under-test.ts";
import { SOURCE, symbol } from "./workload.ts";

/** The durability of every arm. */
export const TRANSACTION = {
  readConcern: { level: "snapshot" },
  writeConcern: { w: "majority", journal: true },
} as const;

/**
 * One append as a program does it that has no service: a transaction with the document and the
 * entry, made by the driver's own means; nothing is checked or looked up.
 */
export async function appendDirectly(
  { client, db }: OutboxUnderTest,
  collection: string,
  n: number,
): Promise<void> {
  const { entryId, document, event } = symbol(n);
  const entry = create(EntrySchema, { id: entryId, source: SOURCE, events: [event] });
  const stored = entryDocument({ entry, digest: contentDigest({ events: entry.events }) });
  await client.withSession(async (session) => {
    await session.withTransaction(async () => {
      await db.collection<typeof document>(collection).insertOne(document, { session });
      await outboxCollections(db).entries.insertOne(stored, { session });
    }, TRANSACTION);
  });
}
