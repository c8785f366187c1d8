import type { EntryId } from "@outgraph/events";
import {
  type AckDocument,
  acksTouching,
  type EntryDocument,
  entryIdOf,
  type OutboxCollections,
  type ParkedDocument,
  uuidOf,
} from "@outgraph/outbox";
import type { ClientSession, Collection, Timestamp, UUID } from "mongodb";
import type { At } from "../../at.ts";
import type { StoredEntry } from "../../pending-entry.ts";
import type { WalkChunk } from "../../ports.ts";
import { asking } from "./asking.ts";
import { atOf, timestampOf } from "./logical-time.ts";
import { Snapshot } from "./snapshot.ts";

/** Most entries of one chunk. */
const CHUNK_ENTRIES = 1_000;
/** A chunk takes no more entries once it has so many bytes. */
const CHUNK_BYTES = 4 * 1024 * 1024;
/** Most entries, and acks, of one answer of the server. */
const ANSWER_ENTRIES = 250;
const ANSWER_ACKS = 8;

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
  do {
    const read = await asking(() => readChunk(outbox, session, timestampOf(from), last, upTo));
    last = read.last;
    yield read.chunk;
  } while (last !== undefined);
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
  const snapshot = await Snapshot.take(outbox, session);
  const { entries, last } = await readEntries(outbox, snapshot, from, after, timestampOf(upTo));
  const first = entries[0];
  let acked: ReadonlySet<EntryId> = new Set();
  let parked: ReadonlySet<EntryId> = new Set();
  if (first !== undefined && last !== undefined) {
    acked = await readAcked(outbox, snapshot, timestampOf(first.at), last.at);
    parked = await readParked(outbox, snapshot, entries);
  }
  const until = last === undefined ? upTo : atOf(last.at);
  return { chunk: { entries, acked, parked, until, seenAt: atOf(snapshot.time) }, last };
}

async function readEntries(
  { entries: collection }: OutboxCollections,
  snapshot: Snapshot,
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
  const cursor = snapshot.find<EntryDocument>(collection, {
    filter: range,
    projection: { at: 1, v: 1, body: 1, trace: 1 },
    sort: { at: 1, _id: 1 },
    limit: CHUNK_ENTRIES,
    batchSize: ANSWER_ENTRIES,
  });
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
  snapshot: Snapshot,
  min: Timestamp,
  max: Timestamp,
): Promise<ReadonlySet<EntryId>> {
  const acked = new Set<EntryId>();
  const cursor = snapshot.find<AckDocument>(acks as Collection<AckDocument>, {
    filter: acksTouching({ min, max }),
    projection: { entries: 1 },
    batchSize: ANSWER_ACKS,
  });
  for await (const { entries } of cursor) for (const id of entries) acked.add(entryIdOf(id));
  return acked;
}

async function readParked(
  { parked }: OutboxCollections,
  snapshot: Snapshot,
  entries: readonly StoredEntry[],
): Promise<ReadonlySet<EntryId>> {
  const ids = entries.map(({ id }) => uuidOf(id));
  const found = new Set<EntryId>();
  const cursor = snapshot.find<ParkedDocument>(parked, {
    filter: { _id: { $in: ids } },
    projection: { _id: 1 },
  });
  for await (const { _id } of cursor) found.add(entryIdOf(_id));
  return found;
}
