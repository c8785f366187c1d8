import { create, fromBinary } from "@bufbuild/protobuf";
import {
  deleteMany,
  deleteOne,
  extendedJson,
  insertOne,
  replaceOne,
  updateMany,
  updateOne,
} from "@outgraph/client";
import {
  DocumentSchema,
  type DocumentWrite,
  deleteNode,
  type Mutation,
  MutationSchema,
  mergeNode,
  node,
} from "@outgraph/events";
import type { RefusalKind } from "../refusal-kinds.ts";
import { appendRequest } from "../request.ts";
import type { Case } from "../script.ts";
import type { Stage } from "../stage.ts";

const LABEL = "`entry.events[0].mutations[0].merge_node.node.label`";

/** Appends that no repeat could make good. Each has a good write first, of which nothing may be left. */
export const REFUSALS: readonly Case[] = [
  mutating("a label that ends its quotes", "invalid", `INVALID_ARGUMENT at ${LABEL}`, [
    mergeNode(node("A`) DETACH DELETE (n", { id: 1n })),
  ]),
  mutating(
    "two faults, each with its path",
    "invalid",
    "INVALID_ARGUMENT at `entry.events[0].mutations[0].delete_node.node.key`, " +
      '`entry.events[0].mutations[1].merge_node.set["a b"]`',
    [deleteNode(node("A", {})), mergeNode(node("A", { id: 1n }), { set: { "a b": 1n } })],
  ),
  mutating(
    "a mutation of a later version",
    "unsupported",
    "UNIMPLEMENTED at `entry.events[0].mutations[0]`",
    // Field 100, an empty message.
    [fromBinary(MutationSchema, Uint8Array.from([0xa2, 0x06, 0x00]))],
  ),
  {
    name: "no event",
    expect: ["INVALID_ARGUMENT at `entry.events`"],
    refusals: ["invalid"],
    async play(on) {
      const id = on.id("no event");
      const request = appendRequest(id);
      request.entry?.events.splice(0);
      return [await on.send(request)];
    },
  },
  writing(
    "BSON that is none",
    "invalid",
    "INVALID_ARGUMENT at `writes[1].insert_one.document.bson`",
    (c) =>
      insertOne(
        c,
        create(DocumentSchema, { format: { case: "bson", value: Uint8Array.of(9, 0, 0, 0, 1) } }),
      ),
  ),
  writing(
    "Extended JSON that is none",
    "invalid",
    "INVALID_ARGUMENT at `writes[1].insert_one.document.extended_json`",
    (c) => insertOne(c, extendedJson('{"a":')),
  ),
  writing(
    "an update without operators",
    "invalid",
    "INVALID_ARGUMENT at `writes[1].update_one.operators`",
    (c) => updateOne(c, {}, { a: 1 }),
  ),
  writing(
    "a replacement with operators",
    "invalid",
    "INVALID_ARGUMENT at `writes[1].replace_one.replacement`",
    (c) => replaceOne(c, {}, { $set: { a: 1 } }),
  ),
  writing(
    "a filter that MongoDB refuses",
    "invalid",
    "INVALID_ARGUMENT at `writes[1].delete_one`",
    (c) => deleteOne(c, { a: { $nope: 1 } }),
  ),
  writing("`$where`", "denied", "PERMISSION_DENIED at `writes[1].delete_many.filter.bson`", (c) =>
    deleteMany(c, { $where: "true" }),
  ),
  writing(
    "`$function`",
    "denied",
    "PERMISSION_DENIED at `writes[1].update_many.pipeline.stages[0].extended_json`",
    (c) =>
      updateMany(c, {}, [
        extendedJson('{"$set":{"a":{"$function":{"body":"f","args":[],"lang":"js"}}}}'),
      ]),
  ),
  writing(
    "the outbox's own collection",
    "denied",
    "PERMISSION_DENIED at `writes[1].collection`",
    () => deleteMany("outbox", {}),
  ),
  writing("MongoDB's own database", "denied", "PERMISSION_DENIED at `writes[1].collection`", () =>
    insertOne("users", {}, { database: "admin" }),
  ),
  writing(
    "a collection that is not there",
    "collection_not_found",
    "NOT_FOUND at `writes[1].collection`",
    () => insertOne("no_such_collection", {}),
  ),
  writing(
    "a duplicate key of the document's own",
    "duplicate_document",
    "ALREADY_EXISTS at `writes[1].insert_one`",
    (c) => insertOne(c, { _id: "half" }),
  ),
  writing(
    "an expected match count that is not met",
    "match_count",
    "FAILED_PRECONDITION at `writes[1].update_many`",
    (c) => updateMany(c, { kind: "nobody" }, { $set: { a: 1 } }, { expectedMatches: 1 }),
  ),
  {
    name: "an id at or below the purge horizon",
    expect: ["FAILED_PRECONDITION"],
    refusals: ["id_expired"],
    play: async (on) => [
      await on.append({ id: on.id("long ago", new Date("2001-09-09T01:46:40Z")) }),
    ],
  },
  {
    name: "what was refused may be said again, put right, under the same id",
    expect: ["ALREADY_EXISTS at `writes[1].insert_one`", 'committed: inserted 1 "put right"'],
    async play(on) {
      const wrong = [half(on), insertOne(on.collection, { _id: "half" })];
      const right = [insertOne(on.collection, { _id: "put right" })];
      return [
        await on.append("mended", { writes: wrong }),
        await on.append("mended", { writes: right }),
      ];
    },
  },
];

/** A good first write, so that a half-written append would show. */
function half({ collection }: Stage): DocumentWrite {
  return insertOne(collection, { _id: "half" });
}

function writing(
  name: string,
  refusal: RefusalKind,
  expect: string,
  write: (collection: string) => DocumentWrite,
): Case {
  return {
    name,
    expect: [expect],
    refusals: [refusal],
    play: async (on) => [await on.append(name, { writes: [half(on), write(on.collection)] })],
  };
}

function mutating(
  name: string,
  refusal: RefusalKind,
  expect: string,
  mutations: readonly Mutation[],
): Case {
  return {
    name,
    expect: [expect],
    refusals: [refusal],
    play: async (on) => [await on.append(name, { writes: [half(on)], mutations })],
  };
}
