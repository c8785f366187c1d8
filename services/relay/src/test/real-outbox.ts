import { randomBytes } from "node:crypto";
import { contentDigest, type Entry, type EntryId, entryId } from "@outgraph/events";
import {
  entryDocument,
  entryIdOf,
  type OutboxCollections,
  outboxCollections,
  STAMPED_BY_SERVER,
  setUpOutbox,
  uuidOf,
} from "@outgraph/outbox";
import type {} from "@outgraph/stack/vitest";
import { type ClientSession, MongoClient } from "mongodb";
import { inject } from "vitest";
import { MongoOutbox } from "../adapters/mongo/mongo-outbox.ts";

/** An outbox of its own in the shared MongoDB, and how a test writes it past every adapter. */
export class RealOutbox implements AsyncDisposable {
  readonly client: MongoClient;
  readonly database: string;
  readonly collections: OutboxCollections;
  readonly #adapters: MongoOutbox[] = [];

  private constructor(client: MongoClient, database: string) {
    this.client = client;
    this.database = database;
    this.collections = outboxCollections(client.db(database));
  }

  /** Makes it, in a database with a name of its own. */
  static async make(uri: string = inject("mongodbUri")): Promise<RealOutbox> {
    const client = new MongoClient(uri);
    const database = `relay_${randomBytes(6).toString("hex")}`;
    await setUpOutbox(client, database);
    return new RealOutbox(client, database);
  }

  /** One that is there already, over connections of its own. */
  static at(uri: string, database: string): RealOutbox {
    return new RealOutbox(new MongoClient(uri), database);
  }

  /** An adapter to it. Closed with it. */
  adapter(uri: string = inject("mongodbUri")): MongoOutbox {
    const adapter = new MongoOutbox({ uri, database: this.database });
    this.#adapters.push(adapter);
    return adapter;
  }

  async append(entry: Entry, trace?: string): Promise<EntryId> {
    const stored = document(entry);
    await this.collections.entries.insertOne(trace === undefined ? stored : { ...stored, trace });
    return entryId(entry.id);
  }

  /** Inserts an entry in a transaction; the result commits it. */
  async insert(entry: Entry): Promise<() => Promise<EntryId>> {
    const session = this.client.startSession();
    session.startTransaction({ writeConcern: { w: "majority" } });
    await this.insertIn(session, entry);
    return async () => {
      await session.commitTransaction();
      await session.endSession();
      return entryId(entry.id);
    };
  }

  /** Inserts an entry in a transaction that is the caller's. */
  async insertIn(session: ClientSession, entry: Entry): Promise<void> {
    await this.collections.entries.insertOne(document(entry), { session });
  }

  /** The entries that acks name, in the order of batches. */
  async acked(): Promise<EntryId[]> {
    const acks = await this.collections.acks.find({}).sort({ lane: 1, batch: 1 }).toArray();
    return acks.flatMap(({ entries }) => entries.map(entryIdOf));
  }

  /** Says that an entry is parked. */
  async park(id: EntryId): Promise<void> {
    await this.collections.parked.insertOne({
      _id: uuidOf(id),
      kind: "parked",
      at: STAMPED_BY_SERVER,
      error: "test",
      attempts: 1,
      since: new Date(),
      conflicts: [],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#adapters.map((adapter) => adapter.close()));
    await this.client.db(this.database).dropDatabase();
    await this.client.close();
  }
}

function document(entry: Entry): ReturnType<typeof entryDocument> {
  return entryDocument({ entry, digest: contentDigest({ writes: [], events: entry.events }) });
}
