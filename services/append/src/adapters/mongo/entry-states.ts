import { setTimeout as delay } from "node:timers/promises";
import { type EntryId, entryIdTime } from "@outgraph/events";
import {
  type AckDocument,
  COLLECTION,
  compareAt,
  deriveState,
  entryIdOf,
  META_ID,
  type Outbox,
  type ParkedDocument,
  type PurgeDocument,
  type ReapplyingDocument,
  storedEntry,
  uuidOf,
} from "@outgraph/outbox";
import type { ChangeStream, ChangeStreamDocument, ClientSession, Timestamp, UUID } from "mongodb";
import type { EntryStates, KnownEntry, KnownProgress, StateListener } from "../../ports.ts";
import { findAcks, type Placed } from "./ack-search.ts";

/** The pause before the stream is opened again, in milliseconds; doubles from one to the other. */
const REOPEN_MS = { first: 100, most: 3_000 };

/** States of entries in MongoDB, by majority reads and one change stream. */
export class MongoEntryStates implements EntryStates {
  readonly #outbox: () => Outbox;
  /** Every read sees at least this: where the stream began, and what it has told. */
  #seen: Timestamp | undefined;

  /** @param outbox throws when it is not open. */
  constructor(outbox: () => Outbox) {
    this.#outbox = outbox;
  }

  async find(id: EntryId): Promise<KnownEntry | undefined> {
    const outbox = this.#outbox();
    return await this.#read(outbox, async (session) => {
      const document = await outbox.entries.findOne({ _id: uuidOf(id) }, { session });
      if (document === null) return undefined;
      const entry = storedEntry(document);
      const parked = await outbox.parked.findOne({ _id: uuidOf(id) }, { session });
      const ack = (await findAcks(outbox, [{ id, at: entry.at }], session)).get(id);
      const reapplying = await readReapplying(outbox, session);
      const evidence = { stored: true, ack, parked: parked ?? undefined, reapplying };
      return { entry, progress: deriveState(evidence) };
    });
  }

  async progress(ids: readonly EntryId[]): Promise<ReadonlyMap<EntryId, KnownProgress>> {
    const outbox = this.#outbox();
    return await this.#read(outbox, async (session) => {
      const asked = { _id: { $in: ids.map(uuidOf) } };
      // In this order: an entry is deleted after the horizon was raised, and a parked document after
      // the ack was written. So what is missing from one read is told by a later one.
      const stored = await outbox.entries
        .find(asked, { session, projection: { at: 1 } })
        .map(({ _id, at }): Placed => ({ id: entryIdOf(_id), at }))
        .toArray();
      const parked = new Map<EntryId, ParkedDocument>();
      for await (const each of outbox.parked.find(asked, { session })) {
        parked.set(entryIdOf(each._id), each);
      }
      const inOrder = stored.toSorted((a, b) => compareAt(a.at, b.at));
      const acks = await findAcks(outbox, inOrder, session);
      const reapplying = acks.size > 0 ? await readReapplying(outbox, session) : undefined;
      const missing = stored.length < new Set(ids).size;
      const horizon = missing ? await purgeHorizon(outbox, session) : 0;

      const here = new Set(stored.map(({ id }) => id));
      const known = new Map<EntryId, KnownProgress>();
      for (const id of ids) {
        if (here.has(id)) {
          const evidence = { ack: acks.get(id), parked: parked.get(id), reapplying };
          known.set(id, deriveState({ stored: true, ...evidence }));
        } else known.set(id, { state: entryIdTime(id) <= horizon ? "not_found" : "unseen" });
      }
      return known;
    });
  }

  async watch(listener: StateListener, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; ) {
      try {
        await this.#stream(this.#outbox(), listener, signal, () => {
          attempt = 0;
        });
      } catch (error) {
        if (signal.aborted) return;
        listener.lost(error);
        const ms = Math.min(REOPEN_MS.most, REOPEN_MS.first * 2 ** attempt) * Math.random();
        attempt = Math.min(attempt + 1, 10);
        await delay(ms, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #stream(
    outbox: Outbox,
    listener: StateListener,
    signal: AbortSignal,
    told: () => void,
  ): Promise<void> {
    // A stream from "now" would miss what the server has but a majority has not yet, and so would a
    // majority read before it: the time is taken first, and both go by it.
    const start = await operationTime(outbox);
    const stream: ChangeStream<object, ChangeStreamDocument<object>> = outbox.db.watch(PIPELINE, {
      startAtOperationTime: start,
      useBigInt64: true,
      promoteBuffers: false,
    });
    // Open in effect: whatever is decided from here on will be told, or the stream is lost.
    this.#seen = start;
    listener.opened();
    const stopped = aborted(signal);
    try {
      for (;;) {
        const event = await Promise.race([stream.next(), stopped.promise]);
        if (event === undefined) return;
        told();
        this.#seen = event.clusterTime ?? this.#seen;
        tell(event, listener);
      }
    } finally {
      stopped.forget();
      // Closing waits for the server's answer to the last question, up to a second: nobody needs that.
      stream.close().catch(() => undefined);
    }
  }

  async #read<T>(outbox: Outbox, work: (session: ClientSession) => Promise<T>): Promise<T> {
    return await outbox.db.client.withSession({ causalConsistency: true }, async (session) => {
      if (this.#seen !== undefined) session.advanceOperationTime(this.#seen);
      return await work(session);
    });
  }
}

const PIPELINE = [
  {
    $match: {
      operationType: { $in: ["insert", "update", "replace"] },
      $or: [
        { "ns.coll": { $in: [COLLECTION.acks, COLLECTION.parked] } },
        { "ns.coll": COLLECTION.meta, "documentKey._id": META_ID.reapplying },
      ],
    },
  },
];

function tell(event: ChangeStreamDocument<object>, listener: StateListener): void {
  switch (event.operationType) {
    case "insert":
    case "update":
    case "replace":
      break;
    default:
      return;
  }
  if (event.ns.coll === COLLECTION.acks && event.operationType === "insert") {
    const ack = event.fullDocument as AckDocument;
    listener.decided(ack.entries.map(entryIdOf), deriveState({ stored: true, ack }));
  } else if (event.ns.coll === COLLECTION.parked) {
    // The driver's types take every _id for an ObjectId.
    listener.recheck([entryIdOf(event.documentKey._id as unknown as UUID)]);
  } else if (event.ns.coll === COLLECTION.meta) {
    listener.recheckAll();
  }
}

/** Resolves when the signal is aborted. */
function aborted(signal: AbortSignal): { promise: Promise<undefined>; forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return { promise, forget: () => signal.removeEventListener("abort", onAbort) };
}

async function operationTime(outbox: Outbox): Promise<Timestamp> {
  return await outbox.db.client.withSession({ causalConsistency: true }, async (session) => {
    await outbox.meta.findOne({ _id: META_ID.outbox }, { session });
    if (session.operationTime === undefined) {
      throw new Error("MongoDB gave no operation time, which a replica set always does");
    }
    return session.operationTime;
  });
}

async function readReapplying(
  outbox: Outbox,
  session: ClientSession,
): Promise<ReapplyingDocument | undefined> {
  const found = await outbox.meta.findOne({ _id: META_ID.reapplying }, { session });
  return found === null ? undefined : (found as ReapplyingDocument);
}

async function purgeHorizon(outbox: Outbox, session: ClientSession): Promise<number> {
  const found = await outbox.meta.findOne({ _id: META_ID.purge }, { session });
  return found === null ? Number.NEGATIVE_INFINITY : (found as PurgeDocument).horizon.getTime();
}
