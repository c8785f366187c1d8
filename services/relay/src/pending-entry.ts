import type { Entry, EntryId } from "@outgraph/events";
import type { At } from "./at.ts";

/** An entry as it lies in the outbox. */
export interface StoredEntry {
  readonly id: EntryId;
  readonly at: At;
  /** The version of its stored form. */
  readonly version: number;
  /** The encoded `Entry`. */
  readonly body: Uint8Array;
  /** What was stored as the `traceparent` of its append. */
  readonly trace?: string | undefined;
}

/** When an entry committed, as far as it is known. */
export interface CommitTime {
  /** Milliseconds since 1970. */
  readonly ms: number;
  /** True when it is only known from `at`: whole seconds, and of the insert. */
  readonly coarse: boolean;
}

/** An entry that is to be applied. */
export interface PendingEntry {
  readonly id: EntryId;
  readonly at: At;
  /** Decoded again when it is asked for after `forget`. */
  readonly entry: Entry;
  /** Size of the encoded entry. */
  readonly bytes: number;
  /** How many mutations it carries, at least 1: a measure of the rows it makes. */
  readonly rows: number;
  readonly committed: CommitTime;
  /** The W3C `traceparent` of its append, where that had one. */
  readonly trace?: string | undefined;
  /** Lets go of what is decoded, which takes ten times the room of the bytes. */
  forget(): void;
}

/** How many mutations they carry. */
export function mutationsOf(entries: readonly PendingEntry[]): number {
  return entries.reduce((sum, { rows }) => sum + rows, 0);
}
