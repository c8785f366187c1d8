import { type Db, type MongoClient, MongoServerError, UUID } from "mongodb";
import { type OutboxCollections, outboxCollections } from "./collections.ts";
import { INDEXES } from "./indexes.ts";
import { BEGINNING } from "./logical-time.ts";
import { type MetaDocument, NOTHING_PURGED } from "./meta-document.ts";
import { COLLECTION, FORMAT, META_ID, RETENTION_MS_DEFAULT } from "./names.ts";
import { type OutboxInfo, openOutbox, readInfo } from "./open.ts";
import { requireReplicaSet } from "./replica-set.ts";
import { OutboxUnusable } from "./unusable.ts";

/** An outbox that is ready for use. */
export interface OutboxSetUp extends OutboxInfo {
  /** What this call made, such as "index outbox.at"; empty when all was there. */
  readonly made: readonly string[];
}

const NAMESPACE_EXISTS = 48;
const DUPLICATE_KEY = 11_000;

/**
 * Makes the outbox of a database: collections, indexes and meta documents, whatever is missing.
 *
 * Repeating it changes nothing, and any number of processes may do it at once: all get the same
 * incarnation. The identity document is written last, so an outbox that a crash left half made is
 * not open to anyone, and the next call completes it. Existing documents are never changed.
 *
 * @throws OutboxUnusable when the server is a standalone, when the outbox has a newer format, when
 *   another application's collection bears one of the names, or when entries are there and the
 *   identity is not.
 */
export async function setUpOutbox(client: MongoClient, database: string): Promise<OutboxSetUp> {
  const db = client.db(database, { writeConcern: { w: "majority", journal: true } });
  await requireReplicaSet(db);
  const outbox = outboxCollections(db);
  const known = await readInfo(outbox);
  if (known === undefined) await requireUntouched(outbox);
  const made = [
    ...(await makeCollections(db)),
    ...(await makeIndexes(db)),
    ...(await makeMeta(outbox)),
  ];
  const { incarnation, format, createdAt } = await openOutbox(db);
  return { incarnation, format, createdAt, made };
}

/** Refuses names that something else uses: an outbox is never laid over other data. */
async function requireUntouched(outbox: OutboxCollections): Promise<void> {
  const names = Object.values(COLLECTION);
  const there = await outbox.db.listCollections({ name: { $in: names } }).toArray();
  for (const { name, type, options } of there as CollectionInfo[]) {
    if (type !== "collection" || options?.capped === true) {
      const kind = type === "collection" ? "capped collection" : type;
      throw taken(outbox, `${name} is a ${kind}`);
    }
  }
  const found = await outbox.entries.findOne({});
  if (found === null) return;
  if (found.v === undefined || found.digest === undefined) {
    throw taken(outbox, `${COLLECTION.entries} holds documents that are not Outgraph's`);
  }
  // Another process may have made the outbox, and used it, since we looked for the identity.
  if ((await readInfo(outbox)) !== undefined) return;
  throw new OutboxUnusable(
    "meta_lost",
    `${outbox.db.databaseName}.${COLLECTION.entries} holds entries, but ${COLLECTION.meta} does ` +
      "not say of which outbox: restore that collection from the same backup; a new identity " +
      "would cut these entries off from their graph",
  );
}

interface CollectionInfo {
  readonly name: string;
  readonly type: string;
  readonly options?: { readonly capped?: boolean };
}

function taken(outbox: OutboxCollections, what: string): OutboxUnusable {
  return new OutboxUnusable(
    "name_taken",
    `cannot make an outbox in ${outbox.db.databaseName}: ${what}; give the outbox a database of its own`,
  );
}

// Never inside a transaction, and before the first append: a transaction that makes a collection
// conflicts with every other that does.
async function makeCollections(db: Db): Promise<string[]> {
  const made: string[] = [];
  for (const name of Object.values(COLLECTION)) {
    if (await unlessCode(NAMESPACE_EXISTS, () => db.createCollection(name))) {
      made.push(`collection ${name}`);
    }
  }
  return made;
}

async function makeIndexes(db: Db): Promise<string[]> {
  const made: string[] = [];
  for (const [collection, indexes] of Object.entries(INDEXES)) {
    for (const index of indexes) {
      const reply = await db.command({
        createIndexes: collection,
        indexes: [index],
        writeConcern: { w: "majority", j: true },
      });
      if (reply["numIndexesAfter"] > reply["numIndexesBefore"]) {
        made.push(`index ${collection}.${index.name}`);
      }
    }
  }
  return made;
}

async function makeMeta(outbox: OutboxCollections): Promise<string[]> {
  const documents: MetaDocument[] = [
    { _id: META_ID.lease, holder: "", epoch: 0n, expiresAt: new Date(0) },
    { _id: META_ID.settled, horizon: BEGINNING },
    { _id: META_ID.purge, retentionMs: RETENTION_MS_DEFAULT, horizon: NOTHING_PURGED },
    { _id: META_ID.outbox, incarnation: new UUID(), format: FORMAT, createdAt: new Date() },
  ];
  const made: string[] = [];
  for (const document of documents) {
    if (await unlessCode(DUPLICATE_KEY, () => outbox.meta.insertOne(document))) {
      made.push(`document ${COLLECTION.meta}/${document._id}`);
    }
  }
  return made;
}

/** Whether the call succeeded; false when it failed because somebody was there first. */
async function unlessCode(code: number, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === code) return false;
    throw error;
  }
}
