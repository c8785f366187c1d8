import { create, fromBinary } from "@bufbuild/protobuf";
import {
  type Entry,
  EntrySchema,
  entryIdFor,
  type Mutation,
  MutationSchema,
  mergeNode,
  newEntryId,
  node,
} from "@outgraph/events";

/** One row of the table of in-transaction writers. */
export interface WriterRow {
  /** What is done. */
  readonly name: string;
  /** Entries, each to be appended in a transaction of its own, in their order. */
  readonly entries: () => Entry[];
  /** What every language's writer must give for each, in the words of `inWords`. */
  readonly expect: readonly string[];
}

const MIB = 2 ** 20;
const LONG_AGO = new Date("2001-09-09T01:46:40.000Z");

/** What the in-transaction writers must have in common. */
export const WRITER_ROWS: readonly WriterRow[] = [
  {
    name: "an entry, and the same again",
    entries: () => twice(entry(newEntryId())),
    expect: ["committed", "replayed"],
  },
  {
    name: "other content under the same id",
    entries() {
      const id = newEntryId();
      return [entry(id), entry(id, [mergeNode(node("Other", { id: 1n }))])];
    },
    expect: ["committed", "ALREADY_EXISTS (IdReused)"],
  },
  {
    name: "two broken rules",
    entries: () => [
      entry(newEntryId(), [mergeNode(node("a b", {})), mergeNode(node("A", { id: 1n }))]),
    ],
    expect: [
      "INVALID_ARGUMENT (EntryInvalid) at `events[0].mutations[0].merge_node.node.label`, " +
        "`events[0].mutations[0].merge_node.node.key`",
    ],
  },
  {
    name: "no event",
    entries: () => [create(EntrySchema, { id: newEntryId(), source: "script" })],
    expect: ["INVALID_ARGUMENT (EntryInvalid) at `events`"],
  },
  {
    name: "a mutation of a later version",
    // Field 100, an empty message.
    entries: () => [
      entry(newEntryId(), [fromBinary(MutationSchema, Uint8Array.from([0xa2, 0x06, 0x00]))]),
    ],
    expect: ["UNIMPLEMENTED (MutationUnsupported) at `events[0].mutations[0]`"],
  },
  {
    name: "an entry of 9 MiB",
    entries: () => [
      entry(
        newEntryId(),
        Array.from({ length: 9 }, (_, i) =>
          mergeNode(node("Bulky", { id: BigInt(i) }), { set: { text: "x".repeat(MIB) } }),
        ),
      ),
    ],
    expect: ["RESOURCE_EXHAUSTED (EntryTooLarge)"],
  },
  {
    name: "an id at or below the purge horizon",
    entries: () => [entry(entryIdFor(LONG_AGO, "long ago"))],
    expect: ["FAILED_PRECONDITION (IdExpired)"],
  },
];

function twice(one: Entry): Entry[] {
  return [one, one];
}

function entry(
  id: string,
  mutations: Mutation[] = [mergeNode(node("ContractMade", { id }))],
): Entry {
  const events = [{ type: "contract.v1.Happened", mutations }];
  return create(EntrySchema, { id, source: "script", events });
}
