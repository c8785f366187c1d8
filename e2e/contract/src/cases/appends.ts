import {
  deleteMany,
  deleteOne,
  extendedJson,
  insertOne,
  replaceOne,
  updateMany,
  updateOne,
} from "@outgraph/client";
import { deleteNode, node } from "@outgraph/events";
import { appendRequest } from "../request.ts";
import type { Case } from "../script.ts";

/** Appends that succeed, and their repeats. */
export const APPENDS: readonly Case[] = [
  {
    name: "an entry alone",
    expect: ["committed"],
    play: async (on) => [await on.append("alone")],
  },
  {
    name: "a document and an entry, and the same again",
    expect: ['committed: inserted 1 "a"', 'replayed: inserted 1 "a"'],
    async play(on) {
      const said = { writes: [insertOne(on.collection, { _id: "a" })], partition: "p" };
      return [await on.append("a", said), await on.append("a", said)];
    },
  },
  {
    name: "every kind of document write, by BSON and Extended JSON",
    expect: [
      "committed: inserted 1 ObjectId, inserted 1 7, matched 1 modified 1, " +
        'inserted 1 "up", matched 2 modified 2, matched 1, deleted 1, deleted 2',
    ],
    async play(on) {
      const c = on.collection;
      const writes = [
        insertOne(c, { kind: "w", tags: [{ k: 1 }, { k: 2 }] }),
        insertOne(c, extendedJson('{"_id":{"$numberLong":"7"},"kind":"w"}')),
        updateOne(
          c,
          { kind: "w", tags: { $exists: true } },
          { $inc: { "tags.$[t].k": 1 } },
          { arrayFilters: [{ "t.k": 2 }], expectedMatches: 1 },
        ),
        replaceOne(c, { _id: "up" }, { kind: "u" }, { upsert: true, expectedMatches: 0 }),
        updateMany(c, { kind: "w" }, [{ $set: { n: { $size: { $ifNull: ["$tags", []] } } } }], {
          hint: { _id: 1 },
        }),
        updateOne(
          c,
          { kind: "U" },
          { $set: { kind: "u" } },
          { collation: { locale: "en", strength: 2 } },
        ),
        deleteOne(c, { _id: "up" }, { expectedMatches: 1 }),
        deleteMany(c, { kind: "w" }, { expectedMatches: 2 }),
      ];
      return [await on.append("every write", { writes })];
    },
  },
  {
    name: "a repeat whose document writes would fail now",
    expect: ["committed: matched 1 modified 1", "replayed: matched 1 modified 1"],
    async play(on) {
      await on.append("job", { writes: [insertOne(on.collection, { _id: "job", state: "new" })] });
      const done = updateOne(
        on.collection,
        { _id: "job", state: "new" },
        { $set: { state: "done" } },
        { expectedMatches: 1 },
      );
      const said = { writes: [done] };
      return [await on.append("job done", said), await on.append("job done", said)];
    },
  },
  {
    name: "other content under the same id",
    expect: ["committed", "ALREADY_EXISTS"],
    refusals: ["id_reused"],
    async play(on) {
      const other = { writes: [insertOne(on.collection, { _id: "never" })] };
      return [await on.append("reused"), await on.append("reused", other)];
    },
  },
  {
    name: "what another client appended, said again",
    expect: ['replayed: inserted 1 "shared"'],
    play: async (on) => [await on.send(on.grounds.shared.appended)],
  },
  {
    name: "what a writer stored in a transaction of its own, said again by a client",
    expect: ["replayed"],
    play: async (on) => [await on.send(on.grounds.shared.transacted)],
  },
  {
    name: "four appends side by side, of which two fail",
    expect: [
      'committed: inserted 1 "m" / ALREADY_EXISTS at `writes[0].insert_one` / ' +
        'INVALID_ARGUMENT at `entry.events[0].mutations[0].delete_node.node.label` / committed: inserted 1 "n"',
    ],
    async play(on) {
      const inserting = (name: string, _id: string) =>
        appendRequest(on.id(name), { writes: [insertOne(on.collection, { _id })] });
      await on.append("taken", { writes: [insertOne(on.collection, { _id: "taken" })] });
      const bad = appendRequest(on.id("bad"), { mutations: [deleteNode(node("a b", { id: 1n }))] });
      return [
        await on.appendMany([
          inserting("m", "m"),
          inserting("again", "taken"),
          bad,
          inserting("n", "n"),
        ]),
      ];
    },
  },
];
