import type { EntryId } from "@outgraph/events";
import type { Filter, Timestamp, UUID } from "mongodb";
import { entryIdOf, uuidOf } from "./entry-uuid.ts";
import { type AtRange, STAMPED_BY_SERVER } from "./logical-time.ts";

/** What `outbox_acks` holds: which entries a batch applied, or that a person had one skipped. */
export type AckDocument = BatchAckDocument | SkipDocument;

/** The entries of one committed batch. Written once. */
export interface BatchAckDocument {
  /** "lane/batch". */
  readonly _id: string;
  readonly lane: number;
  readonly batch: bigint;
  /** The epoch under which the batch committed. */
  readonly epoch: bigint;
  readonly entries: readonly UUID[];
  /** Every entry's `at` lies in here. */
  readonly at: AtRange;
  /** Neo4j's bookmark of the transaction. */
  readonly bookmark?: string;
  /** By the clock of the relay that wrote it: for people. */
  readonly ackedAt: Date;
  /** The server's logical clock at the insert: what the retention is counted from. */
  readonly written: Timestamp;
}

/** One entry that a person decided never to apply. Written once. */
export interface SkipDocument {
  /** "skip/<entry id>". */
  readonly _id: string;
  readonly entries: readonly [UUID];
  readonly at: AtRange;
  readonly skipped: { readonly reason: string; readonly by: string; readonly at: Date };
  /** As in a batch's ack. */
  readonly written: Timestamp;
}

/** A committed batch, in the words of the program. */
export interface BatchAck {
  readonly lane: number;
  readonly batch: bigint;
  readonly epoch: bigint;
  readonly entries: readonly EntryId[];
  readonly at: AtRange;
  readonly bookmark?: string;
  readonly ackedAt: Date;
}

/** A decision to skip, in the words of the program. */
export interface Skip {
  readonly entry: EntryId;
  /** The entry's place in history. */
  readonly at: Timestamp;
  readonly reason: string;
  readonly by: string;
  readonly skippedAt: Date;
}

/** The document of a batch's ack, to be inserted: inserts alone are stamped. */
export function batchAckDocument(ack: BatchAck): BatchAckDocument {
  return {
    _id: batchAckId(ack.lane, ack.batch),
    lane: ack.lane,
    batch: ack.batch,
    epoch: ack.epoch,
    entries: ack.entries.map(uuidOf),
    at: ack.at,
    ...(ack.bookmark !== undefined && { bookmark: ack.bookmark }),
    ackedAt: ack.ackedAt,
    written: STAMPED_BY_SERVER,
  };
}

/** The ack that a document holds. */
export function batchAck(document: BatchAckDocument): BatchAck {
  const { _id, entries, written, ...rest } = document;
  return { ...rest, entries: entries.map(entryIdOf) };
}

/** The document of a skip, to be inserted: inserts alone are stamped. */
export function skipDocument(skip: Skip): SkipDocument {
  return {
    _id: `skip/${skip.entry}`,
    entries: [uuidOf(skip.entry)],
    at: { min: skip.at, max: skip.at },
    skipped: { reason: skip.reason, by: skip.by, at: skip.skippedAt },
    written: STAMPED_BY_SERVER,
  };
}

/** The `_id` of a batch's ack. The same number with other entries is history that moved. */
export function batchAckId(lane: number, batch: bigint): string {
  return `${lane}/${batch}`;
}

/** Whether the document is a skip, not a batch's ack. */
export function isSkip(document: AckDocument): document is SkipDocument {
  return "skipped" in document;
}

/**
 * Finds the ack that names an entry, by the index on the range: an entry's `at` lies in its ack's.
 * With `sort({"at.max": 1}).limit(1)` the index is read from the entry's own place on.
 */
export function ackOf(entry: EntryId, at: Timestamp): Filter<AckDocument> {
  return { ...acksTouching({ min: at, max: at }), entries: uuidOf(entry) };
}

/** Finds every ack that may name an entry of this part of history. */
export function acksTouching(range: AtRange): Filter<AckDocument> {
  return { "at.max": { $gte: range.min }, "at.min": { $lte: range.max } };
}
