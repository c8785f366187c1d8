import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Entry, EntrySchema } from "./gen/outgraph/entry/v1/entry_pb.ts";

/** The stored form of an entry. */
export function encodeEntry(entry: Entry): Uint8Array {
  return toBinary(EntrySchema, entry);
}

/** The entry that was stored. @throws Error when the bytes are no entry. */
export function decodeEntry(bytes: Uint8Array): Entry {
  return fromBinary(EntrySchema, bytes);
}
