import type { EntryId } from "@outgraph/events";
import {
  type BacklogDocument,
  entryIdOf,
  META_ID,
  type OutboxCollections,
  outboxCollections,
  type SettledDocument,
  uuidOf,
} from "@outgraph/outbox";
import { type ClientSession, MongoClient, type Timestamp } from "mongodb";
import { AT_ZERO, type At } from "../../at.ts";
import type { BatchNumber, Epoch } from "../../lane.ts";
import type { LeaseAnswer } from "../../lease.ts";
import type { ParkingPort } from "../../parking-port.ts";
import type { StoredEntry } from "../../pending-entry.ts";
import type { Ack, Backlog, Oplog, OutboxIdentity, OutboxPort, Reading } from "../../ports.ts";
import type { PurgePort } from "../../purge-port.ts";
import { acksOf, newestAck, writeAcks } from "./acks.ts";
import { asking } from "./asking.ts";
import { endGuarded } from "./guarded.ts";
import { raiseEpoch, releaseLease, renewLease, takeLease } from "./lease.ts";
import { atOf, timestampOf } from "./logical-time.ts";
import { openOrSetUp } from "./open.ts";
import { oplog } from "./oplog.ts";
import { MongoParking } from "./parking.ts";
import { MongoPurge } from "./purge.ts";
import { sayReapplying } from "./reapplying.ts";
import { Stream } from "./stream.ts";
import { walk } from "./walk.ts";

/** Where the outbox is. */
export interface MongoOutboxOptions {
  readonly uri: string;
  /** Its database; empty: the URI's. */
  readonly database: string;
}

/** Transactions end by themselves after a minute, unless the server was told otherwise. */
const LIFETIME_SECONDS_DEFAULT = 60;

/** The index of the walk. */
const AT_INDEX = "at";

/** The outbox in MongoDB. Connects when first asked, and again whenever it has to. */
export class MongoOutbox implements OutboxPort {
  readonly purging: PurgePort;
  readonly parking: ParkingPort;
  readonly #client: MongoClient;
  readonly #outbox: OutboxCollections;
  // What was written before is visible to every read that waits for this time.
  #written: Timestamp | undefined;

  constructor({ uri, database }: MongoOutboxOptions) {
    this.#client = new MongoClient(uri, {
      appName: "outgraph-relay",
      // Short, since every caller asks again for as long as it takes.
      serverSelectionTimeoutMS: 5_000,
      connectTimeoutMS: 5_000,
      // A server that has not answered by now has forgotten the question.
      socketTimeoutMS: 30_000,
      heartbeatFrequencyMS: 2_000,
    });
    const db = this.#client.db(database === "" ? undefined : database);
    this.#outbox = outboxCollections(db);
    this.purging = new MongoPurge(this.#outbox, (ask) => this.#ask(ask));
    this.parking = new MongoParking(this.#outbox, (ask) => this.#ask(ask), {
      get: () => this.#written,
      set: (time) => {
        this.#written = time ?? this.#written;
      },
    });
  }

  open(): Promise<OutboxIdentity> {
    return this.#ask(async () => {
      const { incarnation } = await openOrSetUp(this.#client, this.#outbox.db);
      return { incarnation, transactionLifetimeMs: 1_000 * (await this.#lifetimeSeconds()) };
    });
  }

  takeLease(holder: string, ttlMs: number): Promise<LeaseAnswer> {
    return this.#ask(async () => {
      await endGuarded(this.#outbox);
      return await takeLease(this.#outbox.meta, holder, ttlMs);
    });
  }

  renewLease(holder: string, epoch: Epoch, ttlMs: number): Promise<boolean> {
    return this.#ask(() => renewLease(this.#outbox.meta, holder, epoch, ttlMs));
  }

  raiseEpoch(holder: string, epoch: Epoch, to: Epoch): Promise<void> {
    return this.#ask(() => raiseEpoch(this.#outbox.meta, holder, epoch, to));
  }

  releaseLease(holder: string, epoch: Epoch): Promise<void> {
    return this.#ask(() => releaseLease(this.#outbox.meta, holder, epoch));
  }

  newestAck(): Promise<BatchNumber> {
    return this.#ask(() => newestAck(this.#outbox.acks));
  }

  acksOf(batches: readonly BatchNumber[]): Promise<ReadonlyMap<BatchNumber, readonly EntryId[]>> {
    return this.#ask(() => acksOf(this.#outbox.acks, batches));
  }

  positionsOf(entries: readonly EntryId[]): Promise<ReadonlyMap<EntryId, At>> {
    return this.#ask(async () => {
      const found = await this.#outbox.entries
        .find({ _id: { $in: entries.map(uuidOf) } }, { projection: { at: 1 } })
        .toArray();
      return new Map(found.map(({ _id, at }) => [entryIdOf(_id), atOf(at)]));
    });
  }

  storedEntries(entries: readonly EntryId[]): Promise<readonly StoredEntry[]> {
    return this.#ask(async () => {
      const found = new Map<EntryId, StoredEntry>();
      const named = { _id: { $in: entries.map(uuidOf) } };
      const cursor = this.#outbox.entries.find(named, { projection: { at: 1, v: 1, body: 1 } });
      for await (const { _id, at, v, body } of cursor) {
        const id = entryIdOf(_id);
        found.set(id, { id, at: atOf(at), version: v, body: body.value() });
      }
      return entries.flatMap((id) => found.get(id) ?? []);
    });
  }

  sayReapplying(epoch: Epoch, after: BatchNumber | undefined): Promise<void> {
    return this.#ask(() => sayReapplying(this.#outbox.meta, epoch, after));
  }

  writeAcks(acks: readonly Ack[]): Promise<void> {
    return this.#ask(() =>
      this.#inSession(async (session) => {
        await writeAcks(this.#outbox.acks, acks, session);
        this.#written = session.operationTime;
      }),
    );
  }

  settledHorizon(): Promise<At> {
    return this.#ask(async () => {
      // The driver's types lose what `_id` says about the rest.
      const found: unknown = await this.#outbox.meta.findOne({ _id: META_ID.settled });
      return found === null ? AT_ZERO : atOf((found as SettledDocument).horizon);
    });
  }

  raiseSettledHorizon(horizon: At): Promise<void> {
    return this.#ask(async () => {
      await this.#outbox.meta.updateOne(
        { _id: META_ID.settled },
        { $max: { horizon: timestampOf(horizon) } },
      );
    });
  }

  countAfter(at: At, limit: number): Promise<{ entries: number; last: At }> {
    return this.#ask(async () => {
      // Of the index alone, without a look at any entry.
      const [counted] = await this.#outbox.entries
        .aggregate<{ entries: number; last: Timestamp }>(
          [
            { $match: { at: { $gt: timestampOf(at) } } },
            { $sort: { at: 1 } },
            { $limit: limit },
            { $project: { _id: 0, at: 1 } },
            { $group: { _id: null, entries: { $sum: 1 }, last: { $max: "$at" } } },
          ],
          { hint: AT_INDEX },
        )
        .toArray();
      if (counted === undefined) return { entries: 0, last: at };
      return { entries: counted.entries, last: atOf(counted.last) };
    });
  }

  publishBacklog({ entries, bytes, oldestMs }: Backlog): Promise<void> {
    return this.#ask(async () => {
      const backlog: Omit<BacklogDocument, "_id"> = {
        entries: BigInt(entries),
        bytes: BigInt(bytes),
        ...(oldestMs !== undefined && { oldestAt: new Date(oldestMs) }),
        at: new Date(),
      };
      await this.#outbox.meta.replaceOne({ _id: META_ID.backlog }, backlog as never, {
        upsert: true,
      });
    });
  }

  oplog(): Promise<Oplog> {
    return this.#ask(() => oplog(this.#client));
  }

  read(): Promise<Reading> {
    return this.#ask(async () => {
      const session = this.#client.startSession({ causalConsistency: true });
      try {
        if (this.#written !== undefined) session.advanceOperationTime(this.#written);
        // 1. A majority read: its operation time T has everything that committed by then.
        await this.#outbox.meta.findOne({ _id: META_ID.lease }, { session });
        if (session.operationTime === undefined)
          throw new Error("the server told no operation time");
        this.#written = session.operationTime;
        const upTo = atOf(session.operationTime);
        // 2. The stream, opened at T.
        const stream = await Stream.open(this.#outbox, upTo);
        // 3. The walk, up to T, in snapshots that the session makes no older than T.
        return {
          upTo,
          walk: (from) => walk(this.#outbox, session, from, upTo),
          next: () => stream.next(),
          close: async () => {
            await stream.close();
            await session.endSession();
          },
        };
      } catch (error) {
        await session.endSession();
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #ask<T>(ask: () => Promise<T>): Promise<T> {
    return asking(async () => {
      // The driver's own first connect, once it failed, leaves a client that can never be used again
      // ("Topology is closed"); this makes a new start of it, and costs nothing when connected.
      await this.#client.connect();
      return await ask();
    });
  }

  async #inSession(work: (session: ClientSession) => Promise<void>): Promise<void> {
    const session = this.#client.startSession({ causalConsistency: true });
    try {
      await work(session);
    } finally {
      await session.endSession();
    }
  }

  async #lifetimeSeconds(): Promise<number> {
    const reply = await this.#client
      .db("admin")
      .command({ getParameter: 1, transactionLifetimeLimitSeconds: 1 });
    const seconds = Number(reply["transactionLifetimeLimitSeconds"]);
    return seconds > 0 ? seconds : LIFETIME_SECONDS_DEFAULT;
  }
}
