import { create } from "@bufbuild/protobuf";
import { type Entry, type EntryId, EntrySchema, newEntryId } from "@outgraph/events";

/** An entry that touches nothing. */
export function someEntry(id: EntryId = newEntryId()): Entry & { readonly id: EntryId } {
  const events = [{ type: "test.Happened" }];
  return create(EntrySchema, { id, source: "test", events }) as Entry & { id: EntryId };
}
