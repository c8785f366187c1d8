import type { Entry, EntryId } from "@outgraph/events";
import { contentDigest } from "@outgraph/events";
import {
  type EntryDocument,
  entryDocument,
  entryIdOf,
  META_ID,
  type Outbox,
  uuidOf,
} from "@outgraph/outbox";
import type { At } from "@outgraph/relay/test";
import type { ClientSession } from "mongodb";
import type { MongoTransaction } from "./mongo-under-test.ts";

/** What a driver does in a transaction with documents that are no entries. */
export interface Documents {
  read(session: ClientSession, key: string): Promise<unknown>;
  increment(session: ClientSession, key: string): Promise<number>;
  insert(session: ClientSession, key: string): Promise<void>;
}

/** A transaction over the driver, or over what stands in for it, with the writer's settings. */
export class DriverTransaction implements MongoTransaction {
  readonly #session: ClientSession;
  readonly #outbox: Outbox;
  readonly #documents: Documents;
  readonly #onFailedCommit: () => void;

  /** @param onFailedCommit told when a commit has failed. */
  constructor(outbox: Outbox, documents: Documents, onFailedCommit: () => void = () => {}) {
    this.#outbox = outbox;
    this.#documents = documents;
    this.#onFailedCommit = onFailedCommit;
    this.#session = outbox.db.client.startSession();
    this.#session.startTransaction({
      readPreference: "primary",
      readConcern: { level: "snapshot" },
      writeConcern: { w: "majority", journal: true },
    });
  }

  read(key: string): Promise<unknown> {
    return this.#documents.read(this.#session, key);
  }

  increment(key: string): Promise<number> {
    return this.#documents.increment(this.#session, key);
  }

  insert(key: string): Promise<void> {
    return this.#documents.insert(this.#session, key);
  }

  async append(...entries: readonly Entry[]): Promise<void> {
    const documents = entries.map((entry) => {
      const digest = contentDigest({ writes: [], events: entry.events });
      return entryDocument({ entry, digest });
    });
    await this.#outbox.entries.insertMany(documents, { session: this.#session });
  }

  async places(ids: readonly EntryId[]): Promise<ReadonlyMap<EntryId, At>> {
    const { entries, meta } = this.#outbox;
    // As the writer looks, and with their places.
    const pipeline = [
      { $match: { _id: META_ID.purge } },
      { $project: { horizon: 1 } },
      {
        $lookup: {
          from: entries.collectionName,
          pipeline: [{ $match: { _id: { $in: ids.map(uuidOf) } } }],
          as: "entry",
        },
      },
      { $unwind: "$entry" },
    ];
    const found = await meta
      .aggregate<{ entry?: EntryDocument }>(pipeline, { session: this.#session })
      .toArray();
    const documents = found.flatMap(({ entry }) => entry ?? []);
    return new Map(documents.map(({ _id, at }) => [entryIdOf(_id), at.toBigInt() as At]));
  }

  async commit(): Promise<void> {
    try {
      await this.#session.commitTransaction();
    } catch (error) {
      this.#onFailedCommit();
      throw error;
    }
  }

  async abort(): Promise<void> {
    await this.#session.abortTransaction();
  }

  /** Aborts it if it is open. */
  async end(): Promise<void> {
    await this.#session.endSession();
  }
}
