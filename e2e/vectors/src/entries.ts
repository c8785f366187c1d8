import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { deleteNode, type Entry, EntrySchema, mergeNode, node } from "@outgraph/events";
import { MUTATIONS } from "./mutations.ts";
import { VALUES } from "./values.ts";

const ID = "019b7ca9-8f2e-7359-ae12-ca11e5d62816";
const HAPPENED = { type: "vectors.v1.Happened" };
const thing = node("Thing", { id: 1n });

/** Whole entries, as they are stored. */
export const ENTRIES: Readonly<Record<string, Entry>> = {
  "an event for other consumers alone": entry({ id: ID, source: "v", events: [HAPPENED] }),
  "everything said": entry({
    id: ID,
    source: "größe",
    partition: "p/1",
    events: [
      {
        ...HAPPENED,
        occurredAt: { seconds: -1n, nanos: 999_999_999 },
        mutations: [mergeNode(thing, { set: { n: 1n } })],
        payload: { typeUrl: "type.example/v.V", value: Uint8Array.from([8, 1]) },
      },
    ],
  }),
  "types that come again": entry({
    id: ID,
    source: "v",
    events: [
      { type: "vectors.v1.Made", mutations: [mergeNode(thing)] },
      { type: "vectors.v1.Gone", mutations: [deleteNode(thing)] },
      { type: "vectors.v1.Made", mutations: [mergeNode(thing)] },
    ],
  }),
  "the greatest id of its time": entry({
    id: "ffffffff-ffff-7fff-bfff-ffffffffffff",
    source: "v",
    events: [HAPPENED],
  }),
  "every mutation": entry({
    id: ID,
    source: "v",
    events: [{ ...HAPPENED, mutations: Object.values(MUTATIONS) }],
  }),
  "every value": entry({
    id: ID,
    source: "v",
    events: [
      {
        ...HAPPENED,
        mutations: [
          { kind: { case: "mergeNode", value: { node: thing, set: Object.fromEntries(named()) } } },
        ],
      },
    ],
  }),
};

/** Each value under a name of its own. */
function named(): [string, (typeof VALUES)[string]][] {
  return Object.values(VALUES).map((value, index) => [`v${index}`, value]);
}

function entry(init: MessageInitShape<typeof EntrySchema>): Entry {
  return create(EntrySchema, init);
}
