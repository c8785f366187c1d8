import { randomBytes } from "node:crypto";
import { COLLECTION, setUpOutbox } from "@outgraph/outbox";
import { type Db, MongoClient } from "mongodb";

/** A database of its own with an outbox, and a fresh collection of documents for each run. */
export interface OutboxUnderTest extends AsyncDisposable {
  readonly client: MongoClient;
  readonly db: Db;
  /** Runs `work` on a new, empty collection, and sees that documents and entries are as many as it says. */
  counted<T extends { readonly calls: number }>(
    work: (collection: string) => Promise<T>,
  ): Promise<T>;
}

export async function outboxUnderTest(uri: string): Promise<OutboxUnderTest> {
  const client = await new MongoClient(uri).connect();
  const name = `bench_${randomBytes(4).toString("hex")}`;
  await setUpOutbox(client, name);
  const db = client.db(name);
  const entries = db.collection(COLLECTION.entries);
  let runs = 0;
  return {
    client,
    db,
    async counted(work) {
      const collection = `symbols_${++runs}`;
      await db.createCollection(collection);
      const before = await entries.countDocuments();
      const done = await work(collection);
      const documents = await db.collection(collection).countDocuments();
      const added = (await entries.countDocuments()) - before;
      if (documents !== done.calls || added !== done.calls) {
        throw new Error(`${done.calls} appends left ${documents} documents and ${added} entries`);
      }
      await db.dropCollection(collection);
      return done;
    },
    async [Symbol.asyncDispose]() {
      await db.dropDatabase();
      await client.close();
    },
  };
}
