import {
  COLLECTION,
  type OutboxInfo,
  OutboxUnusable,
  openOutbox,
  setUpOutbox,
} from "@outgraph/outbox";
import type { Db, MongoClient } from "mongodb";
import { CallFailed } from "../../call-failed.ts";

/**
 * The outbox of a database; made, where there was never one.
 *
 * @throws CallFailed when it was there and its entries are gone: made anew and empty, it would look
 *   as if nothing had ever waited in it.
 */
export async function openOrSetUp(client: MongoClient, db: Db): Promise<OutboxInfo> {
  const known = await openIfThere(db);
  if (known === undefined) return await setUpOutbox(client, db.databaseName);
  const entries = await db.listCollections({ name: COLLECTION.entries }).hasNext();
  if (entries) return known;
  throw new CallFailed({
    kind: "unknown",
    code: "EntriesGone",
    message:
      `the collection ${db.databaseName}.${COLLECTION.entries} was dropped: what was in it and not ` +
      "yet in the graph is lost. Restore it from a backup, or accept the loss by making it anew " +
      "with: outgraph-outbox setup",
    cause: undefined,
  });
}

async function openIfThere(db: Db): Promise<OutboxInfo | undefined> {
  try {
    return await openOutbox(db);
  } catch (error) {
    if (error instanceof OutboxUnusable && error.reason === "not_set_up") return undefined;
    throw error;
  }
}
