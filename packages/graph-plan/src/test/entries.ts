import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type Entry,
  EntrySchema,
  type Mutation,
  MutationSchema,
  newEntryId,
} from "@outgraph/events";

/** A kind of mutation with its content. */
export type MutationInit = Exclude<
  NonNullable<MessageInitShape<typeof MutationSchema>["kind"]>,
  { case: undefined }
>;

export function mutationOf(kind: MutationInit): Mutation {
  return create(MutationSchema, { kind });
}

export function entryOf(mutations: Mutation[]): Entry {
  const events = [{ type: "test.v1.Changed", mutations }];
  return create(EntrySchema, { id: newEntryId(), source: "test", events });
}

export function mutationsOf(entries: readonly Entry[]): Mutation[] {
  return entries.flatMap((each) => each.events.flatMap((event) => event.mutations));
}
