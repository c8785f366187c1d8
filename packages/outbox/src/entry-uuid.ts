import { type EntryId, entryIdBytes, entryIdFromBytes } from "@outgraph/events";
import { type Binary, UUID } from "mongodb";

/** An entry id as MongoDB stores it: binary subtype 4, which sorts by the id's time. */
export function uuidOf(id: EntryId): UUID {
  return new UUID(entryIdBytes(id));
}

/** The entry id of a stored `_id`. @throws RangeError when it is no UUIDv7. */
export function entryIdOf(uuid: Binary): EntryId {
  return entryIdFromBytes(uuid.value());
}
