import type { EntryId } from "@outgraph/events";
import type { At } from "./at.ts";
import type { BatchNumber, Epoch } from "./lane.ts";

/** The outbox, for the purge. Every call that fails throws `CallFailed`; a repeat is harmless. */
export interface PurgePort {
  /** Says how long acks are kept. Returns false, and changes nothing, under another epoch. */
  setRetention(epoch: Epoch, retentionMs: number): Promise<boolean>;

  /**
   * The next acks after batch `after` that were written longer ago than the retention, by the
   * server's clock, in the order of batches; never one of the newest eight. A part of them, about
   * 2 000 entries or one ack, so that it is not much in memory; none when there are no more.
   */
  oldAcks(retentionMs: number, after: BatchNumber): Promise<Old<OldAck>>;

  /** The same of skips, in the order in which they were written. */
  oldSkips(retentionMs: number, after: At): Promise<Old<OldSkip>>;

  /**
   * Raises the purge horizon, so that whoever appends an id of that time or an earlier one is
   * refused unless the id is known; resolves when a majority has it. A lower one changes nothing.
   * Returns false, and changes nothing, under another epoch.
   *
   * @param toMs in milliseconds since 1970.
   */
  raisePurgeHorizon(epoch: Epoch, toMs: number): Promise<boolean>;

  /**
   * Deletes these entries, what may be left of their being parked, and these acks, all at once.
   * Returns false, and changes nothing, under another epoch.
   */
  purge(epoch: Epoch, purged: Purged): Promise<boolean>;
}

/** What is older than the retention. */
export interface Old<T> {
  readonly found: readonly T[];
  /** Now minus the retention, by the server's clock, in milliseconds since 1970. */
  readonly untilMs: number;
}

/** The ack of a batch, for the purge. */
export interface OldAck {
  readonly batch: BatchNumber;
  readonly entries: readonly EntryId[];
}

/** A skip, for the purge. */
export interface OldSkip {
  readonly entry: EntryId;
  readonly written: At;
}

/** What goes in one transaction. */
export interface Purged {
  readonly entries: readonly EntryId[];
  readonly acks: readonly BatchNumber[];
}
