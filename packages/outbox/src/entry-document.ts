import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  decodeEntry,
  type Entry,
  type EntryId,
  encodeEntry,
  entryId,
  type Receipt,
  ReceiptSchema,
} from "@outgraph/events";
import { Binary, type Timestamp, type UUID } from "mongodb";
import { entryIdOf, uuidOf } from "./entry-uuid.ts";
import { STAMPED_BY_SERVER } from "./logical-time.ts";
import { FORMAT } from "./names.ts";

/** An entry as it is stored in `outbox`: written once, never changed, deleted by the purge alone. */
export interface EntryDocument {
  readonly _id: UUID;
  /** The server's logical clock at the insert: the entry's place in history. */
  readonly at: Timestamp;
  readonly v: number;
  readonly source: string;
  readonly partition?: string;
  /** The types of its events, each once, for people who query the collection. */
  readonly types: readonly string[];
  /** The `Entry` in protobuf. */
  readonly body: Binary;
  /** The content digest (SHA-256, 32 bytes) that a repeated append is compared by. */
  readonly digest: Binary;
  /** The `Receipt` in protobuf; absent when there is nothing in it but the id. */
  readonly result?: Binary;
  /** The W3C `traceparent` of the append. */
  readonly trace?: string;
}

/** What is stored of an append. */
export interface NewEntry {
  /** With its id. */
  readonly entry: Entry;
  readonly digest: Uint8Array;
  /** What the append returned, for those who repeat it. */
  readonly receipt?: Receipt;
  readonly trace?: string;
  /** The encoded entry, when it is at hand, so that it is not encoded twice. */
  readonly bytes?: Uint8Array;
}

/** An entry read back. */
export interface StoredEntry {
  readonly id: EntryId;
  readonly at: Timestamp;
  readonly entry: Entry;
  /** The size of the encoded entry, in bytes. */
  readonly bytes: number;
  readonly digest: Uint8Array;
  readonly receipt?: Receipt;
  readonly trace?: string;
}

/**
 * The document to insert for an append. Its `at` is empty: the server stamps it.
 *
 * @throws RangeError when the entry's id is no UUIDv7.
 */
export function entryDocument(append: NewEntry): EntryDocument {
  const { entry, digest, receipt, trace } = append;
  return {
    _id: uuidOf(entryId(entry.id)),
    at: STAMPED_BY_SERVER,
    v: FORMAT,
    source: entry.source,
    ...(entry.partition !== "" && { partition: entry.partition }),
    types: [...new Set(entry.events.map((event) => event.type))],
    body: new Binary(append.bytes ?? encodeEntry(entry)),
    digest: new Binary(digest),
    ...(receipt !== undefined && { result: new Binary(toBinary(ReceiptSchema, receipt)) }),
    ...(trace !== undefined && { trace }),
  };
}

/**
 * The entry of a stored document.
 *
 * @throws Error when its format is not this one, or its body is no entry; the message names the id.
 */
export function storedEntry(document: EntryDocument): StoredEntry {
  const id = entryIdOf(document._id);
  if (document.v !== FORMAT) {
    throw new Error(`entry ${id} has format ${document.v}; this version reads format ${FORMAT}`);
  }
  const receipt = storedReceipt(document);
  return {
    id,
    at: document.at,
    entry: bodyOf(id, document.body),
    bytes: document.body.length(),
    digest: document.digest.value(),
    ...(receipt !== undefined && { receipt }),
    ...(document.trace !== undefined && { trace: document.trace }),
  };
}

/** What the append of a stored entry returned, when more than the id was kept. */
export function storedReceipt(document: Pick<EntryDocument, "result">): Receipt | undefined {
  return document.result && fromBinary(ReceiptSchema, document.result.value());
}

function bodyOf(id: EntryId, body: Binary): Entry {
  try {
    return decodeEntry(body.value());
  } catch (cause) {
    throw new Error(`the body of entry ${id} is no entry`, { cause });
  }
}
