import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import {
  deleteMany,
  deleteOne,
  extendedJson,
  insertOne,
  replaceOne,
  updateMany,
  updateOne,
} from "@outgraph/client";
import { BadRequestSchema, type DocumentWrite, OutboxService } from "@outgraph/events";
import { COLLECTION } from "@outgraph/outbox";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { withWrite } from "./test/bad-appends.ts";
import { type OwnDatabase, ownDatabase } from "./test/mongo-database.ts";
import { type RunningAppend, startReadyAppend } from "./test/running-append.ts";

let own: OwnDatabase;
let service: RunningAppend;
beforeAll(async () => {
  own = await ownDatabase();
  await own.db.createCollection("files");
  service = await startReadyAppend(inject("mongodbUri"), own.db.databaseName);
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await own[Symbol.asyncDispose]();
});

beforeEach(async () => {
  const files = own.db.collection<{ _id: string }>("files");
  await files.deleteMany({});
  await files.insertOne({ _id: "there" });
  await own.db.collection(COLLECTION.entries).deleteMany({});
});

const BODY = "function () { return true; }";
const SCRIPT = { $function: { body: BODY, args: [], lang: "js" } };
const EMIT = { $_internalJsEmit: { this: "$$ROOT", eval: "function () { emit(1, 1); }" } };
const SET = { $set: { n: 1 } };
const ELEMENTS = { $set: { "a.$[e].b": 2 } };
const DENIED = Code.PermissionDenied;
const INVALID = Code.InvalidArgument;

// Denied: refused by the service. Invalid: MongoDB's own refusal, which this pins down.
test.each<[string, () => DocumentWrite, Code, string]>([
  [
    "$where in a filter",
    () => deleteOne("files", { $where: BODY }),
    DENIED,
    "delete_one.filter.bson",
  ],
  [
    "$where as code",
    () => deleteOne("files", extendedJson(`{"$where": {"$code": "${BODY}"}}`)),
    DENIED,
    "delete_one.filter.extended_json",
  ],
  [
    "$where deep in a filter",
    () => deleteMany("files", { $and: [{ $or: [{ a: 1 }, { $nor: [{ $where: BODY }] }] }] }),
    DENIED,
    "delete_many.filter.bson",
  ],
  [
    "$function in $expr",
    () => updateMany("files", { $expr: { $cond: [true, SCRIPT, 1] } }, SET),
    DENIED,
    "update_many.filter.bson",
  ],
  [
    "$function in an upsert's filter",
    () => replaceOne("files", { $expr: SCRIPT }, { n: 1 }, { upsert: true }),
    DENIED,
    "replace_one.filter.bson",
  ],
  [
    "$function in a pipeline",
    () => updateMany("files", {}, [SET, { $set: { n: { $add: [1, SCRIPT] } } }]),
    DENIED,
    "update_many.pipeline.stages[1].bson",
  ],
  [
    "$accumulator in a pipeline",
    () => updateMany("files", {}, [{ $group: { _id: 1, n: { $accumulator: {} } } }]),
    DENIED,
    "update_many.pipeline.stages[0].bson",
  ],
  [
    "an operator of MongoDB's own in $expr",
    () => updateMany("files", { $expr: EMIT }, SET),
    DENIED,
    "update_many.filter.bson",
  ],
  [
    "an operator of MongoDB's own in a pipeline",
    () => updateMany("files", {}, [{ $set: { n: EMIT } }]),
    DENIED,
    "update_many.pipeline.stages[0].bson",
  ],
  [
    "$where in an array filter",
    () => updateOne("files", {}, ELEMENTS, { arrayFilters: [{ "e.b": 1, $where: BODY }] }),
    DENIED,
    "update_one.array_filters[0].bson",
  ],
  [
    "$function in an array filter",
    () => updateOne("files", {}, ELEMENTS, { arrayFilters: [{ $expr: SCRIPT }] }),
    DENIED,
    "update_one.array_filters[0].bson",
  ],
  [
    "$where in $pull",
    () => updateOne("files", {}, { $pull: { a: { $where: BODY } } }),
    INVALID,
    "update_one",
  ],
  [
    "$expr in $pull",
    () => updateOne("files", {}, { $pull: { a: { $expr: SCRIPT } } }),
    INVALID,
    "update_one",
  ],
  ...["$lookup", "$merge", "$out", "$unionWith", "$graphLookup", "$facet", "$documents"].map(
    (stage): [string, () => DocumentWrite, Code, string] => [
      `${stage} in a pipeline`,
      () => updateMany("files", {}, [{ [stage]: COLLECTION.entries }]),
      INVALID,
      "update_many",
    ],
  ),
  ...["admin", "config", "local", "Admin"].map(
    (database): [string, () => DocumentWrite, Code, string] => [
      `a write to the database ${database}`,
      () => insertOne("files", {}, { database }),
      DENIED,
      "collection",
    ],
  ),
  ...["system.js", "system.users", "system.buckets.files", ...Object.values(COLLECTION)].map(
    (collection): [string, () => DocumentWrite, Code, string] => [
      `a write to the collection ${collection}`,
      () => deleteMany(collection, {}),
      DENIED,
      "collection",
    ],
  ),
])("%s is refused, and nothing is written", async (_, write, code, field) => {
  const client = createClient(OutboxService, createGrpcTransport({ baseUrl: service.url }));
  const before = await stored();

  const error = await client.append(withWrite(write())).then(
    () => undefined,
    (reason: unknown) => ConnectError.from(reason),
  );

  expect(error).toMatchObject({ code });
  const [details] = error!.findDetails(BadRequestSchema);
  expect(details?.fieldViolations.map((violation) => violation.field)).toEqual([
    `writes[1].${field}`,
  ]);
  expect(await stored()).toEqual(before);
});

test("names that look like operators are stored as data", async () => {
  const client = createClient(OutboxService, createGrpcTransport({ baseUrl: service.url }));

  await client.append(
    withWrite(updateOne("files", { _id: "there" }, { $set: { w: { $where: BODY } } })),
  );

  expect(await own.db.collection<{ _id: string }>("files").findOne({ _id: "there" })).toEqual({
    _id: "there",
    w: { $where: BODY },
  });
});

async function stored(): Promise<unknown[]> {
  const names = ["files", ...Object.values(COLLECTION)].filter((name) => name !== COLLECTION.meta);
  return Promise.all(names.map((name) => own.db.collection(name).find().toArray()));
}
