import { create } from "@bufbuild/protobuf";
import {
  type DocumentWrite,
  ENTRY_BYTES_MAX,
  type Entry,
  type EntryId,
  EntrySchema,
  encodeWithDigest,
  entryId,
  type MutationKind,
  newEntryId,
  unsupportedMutations,
  violationsOf,
} from "@outgraph/events";
import { EntryInvalid, EntryTooLarge, MutationUnsupported } from "./errors.ts";

/** An entry that is ready to be inserted: checked, with its id, encoded and digested. */
export interface PreparedEntry {
  readonly id: EntryId;
  readonly entry: Entry;
  readonly bytes: Uint8Array;
  /** What a repeated append is compared by. */
  readonly digest: Uint8Array;
  /** The W3C `traceparent` of the append. */
  readonly trace?: string;
}

/** What belongs to an append besides its entry. */
export interface PrepareOptions {
  /** Document writes that count as content; none when the caller writes its documents itself. */
  readonly writes?: readonly DocumentWrite[];
  /** The W3C `traceparent` of the append. */
  readonly trace?: string;
}

/**
 * Refuses what the contract forbids, and mutations that this version cannot apply.
 *
 * @param supported the mutations that the relay of this version applies.
 * @throws EntryInvalid, MutationUnsupported, each with the paths of the fields at fault.
 */
export function checkEntry(entry: Entry, supported: ReadonlySet<MutationKind>): void {
  const unsupported = unsupportedMutations(entry, supported);
  if (unsupported.length > 0) throw new MutationUnsupported(unsupported);
  const violations = violationsOf(EntrySchema, entry);
  if (violations.length > 0) throw new EntryInvalid(violations);
}

/**
 * Makes a checked entry ready: gives it an id if it has none, encodes and digests it.
 *
 * @throws EntryTooLarge above `ENTRY_BYTES_MAX` (8 MiB).
 */
export function prepareEntry(checked: Entry, options: PrepareOptions = {}): PreparedEntry {
  const id = checked.id === "" ? newEntryId() : entryId(checked.id);
  const entry = checked.id === id ? checked : create(EntrySchema, { ...checked, id });
  const { writes, trace } = options;
  const { bytes, digest } = encodeWithDigest(entry, writes);
  if (bytes.length > ENTRY_BYTES_MAX) throw new EntryTooLarge(id, bytes.length);
  return {
    id,
    entry,
    bytes,
    digest,
    ...(trace !== undefined && { trace }),
  };
}
