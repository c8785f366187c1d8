import { create } from "@bufbuild/protobuf";
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
  type AppendRequest,
  AppendRequestSchema,
  isEntryId,
  MutationSchema,
  mergeNode,
  node,
} from "@outgraph/events";
import { Int32 } from "bson";
import { expect, test } from "vitest";
import { checkAppend } from "./check-append.ts";
import { request } from "./test/requests.ts";

const OPTIONS = { database: "app" };
const check = (of: AppendRequest) => checkAppend(of, OPTIONS);

test("a good append is ready: decoded, with its id and digest", () => {
  const checked = check(
    request([
      insertOne("files", { _id: 1 }),
      replaceOne("files", { _id: 1 }, { a: 1 }, { upsert: true, expectedMatches: 1 }),
      updateOne("files", { _id: 1 }, { $set: { a: 2 } }, { hint: "_id_", database: "other" }),
      updateMany("files", {}, [{ $set: { a: 3 } }], { arrayFilters: [{ x: 1 }] }),
      deleteOne("files", { _id: 2 }, { hint: { _id: 1 } }),
      deleteMany("files", { _id: 3 }, { collation: { locale: "sv" } }),
    ]),
  );

  expect(checked).toMatchObject({
    idGiven: true,
    writes: [
      {
        field: "writes[0].insert_one",
        database: "app",
        operation: { document: { _id: new Int32(1) } },
      },
      {
        field: "writes[1].replace_one",
        expectedMatches: 1,
        operation: { options: { upsert: true } },
      },
      {
        field: "writes[2].update_one",
        database: "other",
        operation: { options: { hint: "_id_" } },
      },
      {
        field: "writes[3].update_many",
        operation: { change: [{ $set: {} }], options: { arrayFilters: [{}] } },
      },
      { field: "writes[4].delete_one", operation: { options: { hint: { _id: new Int32(1) } } } },
      { field: "writes[5].delete_many", operation: { options: { collation: { locale: "sv" } } } },
    ],
  });
});

test("an append without an id gets one", () => {
  const checked = check(request([], ""));

  expect(checked).toMatchObject({ idGiven: false });
  expect("entry" in checked && isEntryId(checked.entry.id)).toBe(true);
});

test("every fault of the writes is told at once, each with its path", () => {
  const checked = check(
    request([
      insertOne("files", extendedJson("{x")),
      replaceOne("files", { _id: 1 }, { $set: { a: 1 } }),
      updateOne("files", extendedJson("[]"), {}),
      updateMany("files", {}, { a: 1 }, { arrayFilters: [extendedJson("[]")] }),
      { ...insertOne("files", {}), expectedMatches: 1n },
      deleteMany("files", {}, { collation: {}, hint: extendedJson("{x") }),
    ]),
  );

  expect(checked).toEqual({
    kind: "invalid",
    faults: [
      {
        field: "writes[0].insert_one.document.extended_json",
        message: expect.stringMatching(/^not JSON/),
      },
      {
        field: "writes[1].replace_one.replacement",
        message: "a replacement holds no operators such as $set",
      },
      { field: "writes[2].update_one.filter.extended_json", message: "must be a document" },
      {
        field: "writes[2].update_one.operators",
        message: "must hold at least one operator, such as $set",
      },
      { field: "writes[3].update_many.operators", message: '"a" is no operator' },
      {
        field: "writes[3].update_many.array_filters[0].extended_json",
        message: "must be a document",
      },
      { field: "writes[4].expected_matches", message: "an insert matches nothing" },
      { field: "writes[5].delete_many.collation", message: "must name a locale, as a text" },
      {
        field: "writes[5].delete_many.hint.keys.extended_json",
        message: expect.stringMatching(/^not JSON/),
      },
    ],
  });
});

test("what breaks the schema is told with its path in the request", () => {
  const bad = request(
    [{ collection: "", operation: { case: "insertOne", value: {} } }],
    "not-a-uuid",
  );
  bad.entry!.events[0]!.mutations = [mergeNode(node("bad label", { id: 1n }))];

  const checked = check(bad);

  expect(checked).toMatchObject({ kind: "invalid" });
  const fields = "faults" in checked ? checked.faults.map(({ field }) => field) : [];
  expect(fields).toEqual(
    expect.arrayContaining([
      "entry.id",
      "entry.events[0].mutations[0].merge_node.node.label",
      "writes[0].collection",
      "writes[0].insert_one.document",
    ]),
  );
});

test("no entry at all is invalid", () => {
  expect(check(create(AppendRequestSchema))).toMatchObject({
    kind: "invalid",
    faults: [{ field: "entry" }],
  });
});

test("a mutation of a newer version is unsupported, and never reported as malformed", () => {
  const bad = request();
  bad.entry!.source = "";
  bad.entry!.events[0]!.mutations = [mergeNode(node("A", { id: 1n })), create(MutationSchema)];

  expect(check(bad)).toMatchObject({
    kind: "unsupported",
    faults: [{ field: "entry.events[0].mutations[1]" }],
  });
});

test("an entry above 8 MiB is too large", () => {
  const big = request();
  big.entry!.events[0]!.mutations = [
    mergeNode(node("A", { id: 1n }), { set: { text: "x".repeat(8 * 1024 * 1024) } }),
  ];

  expect(check(big)).toMatchObject({ kind: "too_large", faults: [{ field: "entry" }] });
});

test.each([
  ["the outbox itself", insertOne("outbox", {})],
  ["its acks", deleteMany("outbox_acks", {})],
  ["its acks by name of the database", deleteMany("outbox_acks", {}, { database: "app" })],
  ["MongoDB's own collections", insertOne("system.js", {})],
  ["MongoDB's own databases", insertOne("users", {}, { database: "admin" })],
])("a write to %s is denied", (_, write) => {
  expect(check(request([write]))).toMatchObject({
    kind: "denied",
    faults: [{ field: "writes[0].collection" }],
  });
});

test("another database may have an outbox of its own", () => {
  expect(check(request([insertOne("outbox", {}, { database: "post" })]))).toHaveProperty("entry");
});

test("a script in a filter is denied, with its path", () => {
  expect(check(request([deleteOne("files", { $where: "true" })]))).toMatchObject({
    kind: "denied",
    faults: [{ field: "writes[0].delete_one.filter.bson" }],
  });
});
