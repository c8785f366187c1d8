import type { Binary, Timestamp, UUID } from "mongodb";
import type { META_ID } from "./names.ts";

/** The documents of `outbox_meta`, told apart by `_id`. */
export type MetaDocument =
  | IdentityDocument
  | LeaseDocument
  | SettledDocument
  | PurgeDocument
  | BacklogDocument
  | PauseDocument
  | ReapplyingDocument;

/** Which outbox this is. Written last at set-up, so its presence says that the rest is there. */
export interface IdentityDocument {
  readonly _id: typeof META_ID.outbox;
  /** Random; also written into the graph, so that the two know each other. */
  readonly incarnation: UUID;
  readonly format: number;
  readonly createdAt: Date;
}

/** Who may relay, until when. Expired when made, under epoch 0, which no relay ever holds. */
export interface LeaseDocument {
  readonly _id: typeof META_ID.lease;
  /** Empty when nobody holds it. */
  readonly holder: string;
  /** Only grows. */
  readonly epoch: bigint;
  /** By the server's clock. */
  readonly expiresAt: Date;
  /** The server session of the holder's guarded transactions, for who takes over; absent before the first. */
  readonly guard?: Binary;
  /** How many transactions were guarded by the epoch; absent before the first. */
  readonly guarded?: bigint;
}

/** Everything before `horizon` is acked, skipped or parked, and nothing can be inserted there. */
export interface SettledDocument {
  readonly _id: typeof META_ID.settled;
  readonly horizon: Timestamp;
}

/** What the purge may delete. */
export interface PurgeDocument {
  readonly _id: typeof META_ID.purge;
  /** How long entries and acks are kept after the ack, in milliseconds. */
  readonly retentionMs: number;
  /**
   * The greatest id time that the purge may have deleted. It is raised, majority, before anything
   * is deleted, and an append whose id is at or below it is refused.
   */
  readonly horizon: Date;
}

/** What is committed and not yet in the graph, as the relay last said. Absent before its first word. */
export interface BacklogDocument {
  readonly _id: typeof META_ID.backlog;
  readonly entries: bigint;
  /** The size of their bodies. */
  readonly bytes: bigint;
  /** When the oldest was inserted; absent when there is none. */
  readonly oldestAt?: Date;
  /** When this was counted. */
  readonly at: Date;
}

/**
 * That the graph is behind the acks, because Neo4j was put back to an older state, and that the relay
 * applies those batches again, or would if it could. Absent before the first such time.
 */
export interface ReapplyingDocument {
  readonly _id: typeof META_ID.reapplying;
  /** Of the relay that said so; one of an older epoch is not listened to. */
  readonly epoch: bigint;
  /** Batches after this one are not in the graph, whatever their acks say. Absent: all acked ones are. */
  readonly after?: bigint;
}

/** That a person told the relay to pause. Absent when nobody did, or somebody told it to go on. */
export interface PauseDocument {
  readonly _id: typeof META_ID.pause;
  readonly by: string;
  readonly since: Date;
}

/** The purge horizon of an outbox that was just made: no id is as old as that. */
export const NOTHING_PURGED: Date = new Date(-1);
