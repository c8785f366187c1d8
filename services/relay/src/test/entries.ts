import { create } from "@bufbuild/protobuf";
import {
  accumulate,
  type Entry,
  type EntryId,
  EntrySchema,
  type Mutation,
  newEntryId,
  node,
} from "@outgraph/events";

/** An entry with these mutations. */
export function entryOf(mutations: readonly Mutation[], id: EntryId = newEntryId()): Entry {
  return create(EntrySchema, {
    id,
    source: "test",
    events: [{ type: "test.Happened", mutations: [...mutations] }],
  });
}

/**
 * An entry that leaves its id in a list in the graph, each time it is applied and in the order in
 * which it is: the canary of "applied nothing twice" and of "in order".
 */
export function canary(id: EntryId = newEntryId()): Entry {
  return entryOf([accumulate(CANARY, { append: { seen: [id] }, add: { count: 1n } })], id);
}

/** The node that counts. */
export const CANARY: ReturnType<typeof node> = node("Canary", { id: "canary" });
