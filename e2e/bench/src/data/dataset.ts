import { create } from "@bufbuild/protobuf";
import { type Entry, EntrySchema, type Mutation, newEntryId } from "@outgraph/events";

/** What is written in a run: for each entry its changes, in order. */
export interface Dataset {
  readonly name: string;
  readonly entries: readonly (readonly Mutation[])[];
}

/** How many changes it has. */
export function changesOf({ entries }: Dataset): number {
  return entries.reduce((sum, mutations) => sum + mutations.length, 0);
}

/** The same as entries of an outbox; each call makes new ids. */
export function entriesOf({ name, entries }: Dataset): Entry[] {
  return entries.map((mutations) =>
    create(EntrySchema, {
      id: newEntryId(),
      source: "bench",
      events: [{ type: `bench.${name}`, mutations: [...mutations] }],
    }),
  );
}
