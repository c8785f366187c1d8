import type { EntryId } from "@outgraph/events";
import { acksTouching, entryIdOf, type OutboxCollections, uuidOf } from "@outgraph/outbox";
import type { ClientSession, Timestamp, UUID } from "mongodb";
import type { At } from "../../at.ts";
import type { StoredEntry } from "../../pending-entry.ts";
import type { WalkChunk } from "../../ports.ts";
import { asking } from "./asking.ts";
import { atOf, timestampOf } from "./logical-time.ts";

/** Most entries of one chunk. */
const CHUNK_ENTRIES = 2_000;
/** A chunk takes no more entries once it has so many bytes. */
const CHUNK_BYTES = 8 * 1024 * 1024;

interface Place {
  readonly at: Timestamp;
  readonly _id: UUID;
}

/**
 * The entries from `from` to `upTo`, both included, in the order of history and in chunks, each with
 * what is decided about them, all of one snapshot that is not older than the session's last read.
 *
 * Nothing is open on the server between two chunks.
 */
export async function* walk(
  outbox: OutboxCollections,
  session: ClientSession,
  from: At,
  upTo: At,
): AsyncGenerator<WalkChunk> {
  let last: Place | undefined;
  for (;;) {
    const read = await asking(() => readChunk(outbox, session, timestampOf(from), last, upTo));
    last = read.last;
    if (last === undefined) return;
    yield read.chunk;
  }
}

interface ChunkRead {
  readonly chunk: WalkChunk;
  /** Undefined when the walk is at its end. */
  readonly last: Place | undefined;
}

async function readChunk(
  outbox: OutboxCollections,
  session: ClientSession,
  from: Timestamp,
  after: Place | undefined,
  upTo: At,
): Promise<ChunkRead> {
  session.startTransaction({
    readConcern: { level: "snapshot" },
    readPreference: "primary",
    // Only a majority commit proves that what was read cannot be rolled back.
    writeConcern: { w: "majority" },
  });
  try {
    const { entries, last } = await readEntries(outbox, session, from, after, timestampOf(upTo));
    const first = entries[0];
    let acked: ReadonlySet<EntryId> = new Set();
    let parked: ReadonlySet<EntryId> = new Set();
    if (first !== undefined && last !== undefined) {
      acked = await readAcked(outbox, session, timestampOf(first.at), last.at);
      parked = await readParked(outbox, session, entries);
    }
    await session.commitTransaction();
    return { chunk: { entries, acked, parked }, last };
  } catch (error) {
    if (session.inTransaction()) await session.abortTransaction().catch(() => {}); // it runs out by itself
    throw error;
  }
}

async function readEntries(
  { entries: collection }: OutboxCollections,
  session: ClientSession,
  from: Timestamp,
  after: Place | undefined,
  upTo: Timestamp,
): Promise<{ entries: StoredEntry[]; last: Place | undefined }> {
  const range =
    after === undefined
      ? { at: { $gte: from, $lte: upTo } }
      : {
          $or: [{ at: { $gt: after.at, $lte: upTo } }, { at: after.at, _id: { $gt: after._id } }],
        };
  const cursor = collection
    .find(range, { session, projection: { at: 1, v: 1, body: 1, trace: 1 } })
    .sort({ at: 1, _id: 1 })
    .limit(CHUNK_ENTRIES);
  const entries: StoredEntry[] = [];
  let last: Place | undefined;
  let bytes = 0;
  try {
    for await (const { _id, at, v, body, trace } of cursor) {
      last = { at, _id };
      bytes += body.length();
      entries.push({ id: entryIdOf(_id), at: atOf(at), version: v, body: body.value(), trace });
      if (bytes >= CHUNK_BYTES) break;
    }
  } finally {
    await cursor.close();
  }
  return { entries, last };
}

async function readAcked(
  { acks }: OutboxCollections,
  session: ClientSession,
  min: Timestamp,
  max: Timestamp,
): Promise<ReadonlySet<EntryId>> {
  const acked = new Set<EntryId>();
  const cursor = acks.find(acksTouching({ min, max }), { session, projection: { entries: 1 } });
  for await (const { entries } of cursor) for (const id of entries) acked.add(entryIdOf(id));
  return acked;
}

async function readParked(
  { parked }: OutboxCollections,
  session: ClientSession,
  entries: readonly StoredEntry[],
): Promise<ReadonlySet<EntryId>> {
  const ids = entries.map(({ id }) => uuidOf(id));
  const found = await parked
    .find({ _id: { $in: ids } }, { session, projection: { _id: 1 } })
    .toArray();
  return new Set(found.map(({ _id }) => entryIdOf(_id)));
}
