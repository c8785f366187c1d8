import type { EntryId } from "@outgraph/events";
import {
  COLLECTION,
  type EntryDocument,
  entryIdOf,
  META_ID,
  type OutboxCollections,
  type ParkedDocument,
  type PauseDocument,
  skipDocument,
  uuidOf,
} from "@outgraph/outbox";
import { type ClientSession, type Document, MongoServerError, type Timestamp } from "mongodb";
import { CallFailed } from "../../call-failed.ts";
import type { BatchNumber, Epoch } from "../../lane.ts";
import type {
  Aside,
  AsideCount,
  AsideEntry,
  ListedAside,
  ParkingPort,
  Pause,
  Place,
  Skipped,
} from "../../parking-port.ts";
import { acksOf } from "./acks.ts";
import { guarded } from "./guarded.ts";
import { atOf, timestampOf } from "./logical-time.ts";
import type { Ask } from "./purge.ts";

/** Most entries of one part, and a part takes no more once it has so many bytes. */
const PART_ENTRIES = 1_000;
const PART_BYTES = 8 * 1024 * 1024;

const DUPLICATE_KEY = 11_000;

/** What was written or read last: reads here are not older. */
export interface Seen {
  get(): Timestamp | undefined;
  set(time: Timestamp | undefined): void;
}

/** Parking in an outbox in MongoDB. */
export class MongoParking implements ParkingPort {
  readonly #outbox: OutboxCollections;
  readonly #ask: Ask;
  readonly #seen: Seen;

  constructor(outbox: OutboxCollections, ask: Ask, seen: Seen) {
    this.#outbox = outbox;
    this.#ask = ask;
    this.#seen = seen;
  }

  setAside(epoch: Epoch, entries: readonly Aside[]): Promise<void> {
    const { parked } = this.#outbox;
    return this.#asOwner(epoch, async (session) => {
      const writes = entries.map((aside) => {
        const { _id, ...replacement } = documentOf(aside);
        return { replaceOne: { filter: { _id }, replacement, upsert: true } };
      });
      await parked.bulkWrite(writes, { session });
    });
  }

  async skip(epoch: Epoch, { id, at, reason, by, skippedMs }: Skipped): Promise<void> {
    const skippedAt = new Date(skippedMs);
    const document = skipDocument({ entry: id, at: timestampOf(at), reason, by, skippedAt });
    await this.#ask(async () => {
      try {
        await this.#guarded(epoch, (session) => this.#outbox.acks.insertOne(document, { session }));
      } catch (error) {
        // It was recorded before, and the reply was lost.
        if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error;
      }
    });
  }

  forget(epoch: Epoch, entries: readonly EntryId[]): Promise<void> {
    const named = { _id: { $in: entries.map(uuidOf) } };
    return this.#asOwner(epoch, (session) => this.#outbox.parked.deleteMany(named, { session }));
  }

  asideAfter(
    after: Place | undefined,
    newest: readonly BatchNumber[],
  ): Promise<readonly AsideEntry[]> {
    return this.#reading(async (session) => {
      const found: { aside: Aside; stored: AsideEntry["stored"] }[] = [];
      let bytes = 0;
      const cursor = this.#inOrder(
        after,
        PART_ENTRIES,
        { at: 1, v: 1, body: 1, trace: 1 },
        session,
      );
      try {
        for await (const document of cursor) {
          const stored = storedOf(document.entry[0]);
          found.push({ aside: asideOf(document), stored });
          bytes += stored?.body.length ?? 0;
          if (bytes >= PART_BYTES) break;
        }
      } finally {
        await cursor.close();
      }
      if (found.length === 0) return [];
      // Read after the documents: a document goes only once the ack is there.
      const ids = found.map(({ aside }) => aside.id);
      const decided = await this.#decided(ids, newest, session);
      return found.map((each) => ({ ...each, decided: decided.has(each.aside.id) }));
    });
  }

  listAside(after: Place | undefined, entriesMax: number): Promise<readonly ListedAside[]> {
    return this.#reading(async (session) => {
      const found = await this.#inOrder(after, entriesMax, { source: 1 }, session).toArray();
      return found.map((document) => ({
        ...asideOf(document),
        source: document.entry[0]?.source ?? "",
      }));
    });
  }

  countAside(): Promise<AsideCount> {
    return this.#reading(async (session) => {
      const groups = this.#outbox.parked.aggregate<{ _id: Aside["kind"]; entries: number }>(
        [{ $group: { _id: "$kind", entries: { $sum: 1 } } }],
        { session },
      );
      const count = { parked: 0, blocked: 0 };
      for await (const { _id, entries } of groups) count[_id] = Number(entries);
      return count;
    });
  }

  pause(): Promise<Pause | undefined> {
    return this.#reading(async (session) => {
      // The driver's types lose what `_id` says about the rest.
      const found: unknown = await this.#outbox.meta.findOne({ _id: META_ID.pause }, { session });
      if (found === null) return undefined;
      const { by, since } = found as PauseDocument;
      return { by, sinceMs: since.getTime() };
    });
  }

  setPause(epoch: Epoch, pause: Pause | undefined): Promise<void> {
    const { meta } = this.#outbox;
    const _id = META_ID.pause;
    return this.#asOwner(epoch, async (session) => {
      if (pause === undefined) return await meta.deleteOne({ _id }, { session });
      const document = { by: pause.by, since: new Date(pause.sinceMs) };
      return await meta.replaceOne({ _id }, document as never, { session, upsert: true });
    });
  }

  leaseHolder(): Promise<string> {
    return this.#reading(async (session) => {
      const found = await this.#outbox.meta.findOne({ _id: META_ID.lease }, { session });
      return found !== null && "holder" in found ? found.holder : "";
    });
  }

  #inOrder(after: Place | undefined, entriesMax: number, fields: Document, session: ClientSession) {
    const { parked } = this.#outbox;
    const range =
      after === undefined
        ? {}
        : {
            $or: [
              { at: { $gt: timestampOf(after.at) } },
              { at: timestampOf(after.at), _id: { $gt: uuidOf(after.id) } },
            ],
          };
    return parked.aggregate<ParkedDocument & { readonly entry: readonly EntryDocument[] }>(
      [
        { $match: range },
        { $sort: { at: 1, _id: 1 } },
        { $limit: entriesMax },
        {
          $lookup: {
            from: COLLECTION.entries,
            localField: "_id",
            foreignField: "_id",
            pipeline: [{ $project: fields }],
            as: "entry",
          },
        },
      ],
      { session },
    );
  }

  async #decided(
    ids: readonly EntryId[],
    newest: readonly BatchNumber[],
    session: ClientSession,
  ): Promise<ReadonlySet<EntryId>> {
    const { acks } = this.#outbox;
    const decided = new Set<EntryId>();
    for (const entries of (await acksOf(acks, newest, session)).values()) {
      for (const id of entries) decided.add(id);
    }
    const skips = { _id: { $in: ids.map((id) => `skip/${id}`) } };
    const cursor = acks.find(skips, { session, projection: { entries: 1 } });
    for await (const { entries } of cursor) for (const id of entries) decided.add(entryIdOf(id));
    return decided;
  }

  #asOwner(epoch: Epoch, work: (session: ClientSession) => Promise<unknown>): Promise<void> {
    return this.#ask(() => this.#guarded(epoch, work));
  }

  async #guarded(epoch: Epoch, work: (session: ClientSession) => Promise<unknown>): Promise<void> {
    let used: ClientSession | undefined;
    const owned = await guarded(this.#outbox, epoch, async (session) => {
      used = session;
      await work(session);
    });
    if (!owned) throw stale(epoch);
    this.#seen.set(used?.operationTime);
  }

  /** Reads no older than what was seen. */
  #reading<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
    return this.#ask(() =>
      this.#outbox.db.client.withSession({ causalConsistency: true }, async (session) => {
        const seen = this.#seen.get();
        if (seen !== undefined) session.advanceOperationTime(seen);
        return await work(session);
      }),
    );
  }
}

function stale(epoch: Epoch): CallFailed {
  return new CallFailed({
    kind: "fenced",
    code: "StaleEpoch",
    message: `another relay took the lease: it is not under epoch ${epoch} any more`,
    cause: undefined,
  });
}

function documentOf(aside: Aside): ParkedDocument {
  const { id, at, kind, error = "", cypher, attempts, sinceMs, behind } = aside;
  const waiting = {
    _id: uuidOf(id),
    at: timestampOf(at),
    attempts,
    since: new Date(sinceMs),
    conflicts: behind.map(uuidOf),
  };
  if (kind === "blocked") return { ...waiting, kind };
  return { ...waiting, kind, error, ...(cypher !== undefined && { cypher }) };
}

function asideOf(document: ParkedDocument): Aside {
  const { _id, at, kind, attempts, since, conflicts } = document;
  return {
    id: entryIdOf(_id),
    at: atOf(at),
    kind,
    ...(kind === "parked" && { error: document.error }),
    ...(kind === "parked" && document.cypher !== undefined && { cypher: document.cypher }),
    attempts: Number(attempts),
    sinceMs: since.getTime(),
    behind: conflicts.map(entryIdOf),
  };
}

function storedOf(document: EntryDocument | undefined): AsideEntry["stored"] {
  if (document === undefined) return undefined;
  const { _id, at, v, body, trace } = document;
  return { id: entryIdOf(_id), at: atOf(at), version: v, body: body.value(), trace };
}
