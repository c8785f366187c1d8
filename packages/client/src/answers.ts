import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
  type AppendResponse,
  type DocumentResult,
  type Entry,
  EntryState,
  type GetEntryResponse,
  type WaitAppliedResponse,
} from "@outgraph/events";
import { deserialize } from "bson";

/** How far an entry has come; see `EntryState` in the contract. */
export type EntryStateName = "pending" | "applied" | "skipped" | "parked" | "blocked" | "not_found";

/** What one document write did. */
export interface WriteResult {
  readonly inserted: number;
  readonly matched: number;
  readonly modified: number;
  readonly deleted: number;
  /** The `_id` of the document that was inserted or upserted; absent when none was. */
  readonly id?: unknown;
}

/** Documents and entry are committed. */
export interface Appended {
  readonly entryId: string;
  /** What each document write did, in order; of the first call, when this one repeated it. */
  readonly documents: readonly WriteResult[];
  /** True when an earlier call with this id had committed, and nothing was written now. */
  readonly replayed: boolean;
}

/** An entry as it is stored, and how far it has come. */
export interface StoredEntry {
  readonly entry: Entry;
  readonly state: EntryStateName;
  /** Its place in history: MongoDB's logical clock at the insert. */
  readonly at: { readonly seconds: number; readonly increment: number };
  readonly documents: readonly WriteResult[];
  /** Why it is parked, or skipped. */
  readonly reason?: string;
}

/** How far one entry has come. */
export interface Progress {
  readonly id: string;
  readonly state: EntryStateName;
  /** Why it is parked, or skipped. */
  readonly reason?: string;
  /** When the relay acknowledged it. */
  readonly ackedAt?: Date;
}

/** How far the entries have come, in the order of the call. */
export interface Waited {
  readonly entries: readonly Progress[];
  /** Neo4j bookmarks: a session that is given them sees what was applied. */
  readonly bookmarks: readonly string[];
}

/** In words of this language. */
export function appended({ receipt, replayed }: AppendResponse): Appended {
  return {
    entryId: receipt?.entryId ?? "",
    documents: (receipt?.documents ?? []).map(writeResult),
    replayed,
  };
}

/** In words of this language. */
export function storedEntry(answer: GetEntryResponse): StoredEntry {
  if (answer.entry === undefined) throw new TypeError("the service answered without an entry");
  return {
    entry: answer.entry,
    state: stateName(answer.state),
    at: { seconds: answer.at?.seconds ?? 0, increment: answer.at?.increment ?? 0 },
    documents: (answer.receipt?.documents ?? []).map(writeResult),
    ...(answer.reason !== "" && { reason: answer.reason }),
  };
}

/** In words of this language. */
export function waited({ entries, bookmarks }: WaitAppliedResponse): Waited {
  return {
    entries: entries.map(({ id, state, reason, ackedAt }) => ({
      id,
      state: stateName(state),
      ...(reason !== "" && { reason }),
      ...(ackedAt !== undefined && { ackedAt: timestampDate(ackedAt) }),
    })),
    bookmarks,
  };
}

function writeResult(result: DocumentResult): WriteResult {
  const { format } = result.id ?? {};
  return {
    inserted: Number(result.inserted),
    matched: Number(result.matched),
    modified: Number(result.modified),
    deleted: Number(result.deleted),
    ...(format?.case === "bson" && { id: deserialize(format.value)["_id"] as unknown }),
  };
}

const STATE_NAME: ReadonlyMap<EntryState, EntryStateName> = new Map([
  [EntryState.PENDING, "pending"],
  [EntryState.APPLIED, "applied"],
  [EntryState.SKIPPED, "skipped"],
  [EntryState.PARKED, "parked"],
  [EntryState.BLOCKED, "blocked"],
  [EntryState.NOT_FOUND, "not_found"],
]);

/** A state that a newer service made up is not one that this client knows to be an end. */
function stateName(state: EntryState): EntryStateName {
  return STATE_NAME.get(state) ?? "pending";
}
