import { setTimeout as delay } from "node:timers/promises";
import type { EntryId } from "@outgraph/events";
import {
  type AckDocument,
  COLLECTION,
  deriveState,
  entryIdOf,
  findAcks,
  META_ID,
  type Outbox,
  readProgress,
  readReapplying,
  storedEntry,
  uuidOf,
} from "@outgraph/outbox";
import type { ChangeStream, ChangeStreamDocument, ClientSession, Timestamp, UUID } from "mongodb";
import type { EntryStates, KnownEntry, KnownProgress, StateListener } from "../../ports.ts";

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
    return await this.#read(outbox, (session) => readProgress(outbox, ids, session));
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
