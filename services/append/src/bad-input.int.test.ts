import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import {
  deleteOne,
  documentOf,
  extendedJson,
  insertOne,
  replaceOne,
  updateMany,
  updateOne,
} from "@outgraph/client";
import {
  type AppendRequest,
  accumulate,
  BadRequestSchema,
  edge,
  type Mutation,
  MutationSchema,
  mergeEdge,
  mergeNode,
  newEntryId,
  node,
  OutboxService,
  toValue,
} from "@outgraph/events";
import { COLLECTION } from "@outgraph/outbox";
import { waitUntil } from "@outgraph/stack";
import { Long } from "bson";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { type OwnDatabase, ownDatabase } from "./test/mongo-database.ts";
import { request } from "./test/requests.ts";
import { type RunningAppend, readiness, startAppend } from "./test/running-append.ts";

const TRANSPORTS: Record<string, (baseUrl: string) => Transport> = {
  "Connect over HTTP/1.1": (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" }),
  "gRPC over HTTP/2": (baseUrl) => createGrpcTransport({ baseUrl }),
  "gRPC-web over HTTP/1.1": (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
};

let own: OwnDatabase;
let service: RunningAppend;
beforeAll(async () => {
  own = await ownDatabase();
  await own.db.createCollection("files");
  await own.db.createCollection("checked", { validator: { n: { $gt: 0 } } });
  service = await startAppend(inject("mongodbUri"), own.db.databaseName);
  await waitUntil(async () => (await readiness(service.url)).ready, {
    what: "ready",
    timeoutMs: 20_000,
  });
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await own[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await own.db.collection<{ _id: unknown }>("files").deleteMany({});
  await own.db.collection<{ _id: string }>("files").insertOne({ _id: "there" });
  await own.db.collection(COLLECTION.entries).deleteMany({});
});

/** A good first write, so that a half-written append would show. */
const first = insertOne("files", { _id: "half" });
const withWrite = (write: ReturnType<typeof insertOne>) => request([first, write]);
const withMutations = (...mutations: Mutation[]): AppendRequest => {
  const of = request([first]);
  of.entry!.events[0]!.mutations = mutations;
  return of;
};
const A = node("A", { id: 1n });

/** Made by a newer version: a field that this one does not know. */
function newerMutation(): Mutation {
  const mutation = create(MutationSchema);
  mutation.$unknown = [{ no: 99, wireType: 2, data: new Uint8Array([0]) }];
  return mutation;
}

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

type Case = [name: string, bad: () => AppendRequest, code: Code, field: string | undefined];
const BAD: Case[] = [
  [
    "an unknown collection",
    () => withWrite(insertOne("fils", {})),
    Code.NotFound,
    "writes[1].collection",
  ],
  [
    "an unknown database",
    () => withWrite(insertOne("files", {}, { database: "no_such_db" })),
    Code.NotFound,
    "writes[1].collection",
  ],
  [
    "malformed BSON",
    () =>
      withWrite(
        insertOne("files", {
          ...documentOf({}),
          format: { case: "bson", value: new Uint8Array([9, 0, 0, 0, 1]) },
        }),
      ),
    Code.InvalidArgument,
    "writes[1].insert_one.document.bson",
  ],
  [
    "malformed Extended JSON",
    () => withWrite(insertOne("files", extendedJson('{"a":'))),
    Code.InvalidArgument,
    "writes[1].insert_one.document.extended_json",
  ],
  [
    "a document too deep",
    () => withWrite(insertOne("files", extendedJson(nested(300)))),
    Code.InvalidArgument,
    "writes[1].insert_one.document.extended_json",
  ],
  [
    "a malformed filter",
    () => withWrite(deleteOne("files", extendedJson("[]"))),
    Code.InvalidArgument,
    "writes[1].delete_one.filter.extended_json",
  ],
  [
    "a filter that MongoDB refuses",
    () => withWrite(updateOne("files", { a: { $nope: 1 } }, { $set: { b: 1 } })),
    Code.InvalidArgument,
    "writes[1].update_one",
  ],
  [
    "an update that MongoDB refuses",
    () => withWrite(updateOne("files", {}, { $nope: { b: 1 } })),
    Code.InvalidArgument,
    "writes[1].update_one",
  ],
  [
    "a pipeline that MongoDB refuses",
    () => withWrite(updateMany("files", {}, [{ $nope: 1 }])),
    Code.InvalidArgument,
    "writes[1].update_many",
  ],
  [
    "an index that is not there",
    () => withWrite(deleteOne("files", {}, { hint: "nope_1" })),
    Code.InvalidArgument,
    "writes[1].delete_one",
  ],
  [
    "a locale that is none",
    () => withWrite(deleteOne("files", {}, { collation: { locale: "xx_none" } })),
    Code.InvalidArgument,
    "writes[1].delete_one",
  ],
  [
    "a replacement with operators",
    () => withWrite(replaceOne("files", {}, { $set: { a: 1 } })),
    Code.InvalidArgument,
    "writes[1].replace_one.replacement",
  ],
  [
    "an _id that cannot change",
    () => withWrite(updateOne("files", { _id: "there" }, { $set: { _id: "x" } })),
    Code.InvalidArgument,
    "writes[1].update_one",
  ],
  [
    "a document that breaks its collection's rules",
    () => withWrite(insertOne("checked", { n: -1 })),
    Code.InvalidArgument,
    "writes[1].insert_one",
  ],
  [
    "a collection name that is none",
    () => withWrite(insertOne("a$b", {})),
    Code.InvalidArgument,
    "writes[1].collection",
  ],
  [
    "a match count for an insert",
    () => withWrite({ ...insertOne("files", {}), expectedMatches: 1n }),
    Code.InvalidArgument,
    "writes[1].expected_matches",
  ],
  [
    "a duplicate key",
    () => withWrite(insertOne("files", { _id: "there" })),
    Code.AlreadyExists,
    "writes[1].insert_one",
  ],
  [
    "a match count that is not met",
    () => withWrite(deleteOne("files", { _id: "none" }, { expectedMatches: 1 })),
    Code.FailedPrecondition,
    "writes[1].delete_one",
  ],
  [
    "a match count beyond every number",
    () => withWrite({ ...deleteOne("files", {}), expectedMatches: 2n ** 62n }),
    Code.FailedPrecondition,
    "writes[1].delete_one",
  ],
  [
    "a write to the outbox",
    () => withWrite(insertOne(COLLECTION.acks, { _id: "0/1" })),
    Code.PermissionDenied,
    "writes[1].collection",
  ],
  [
    "a write to a system collection",
    () => withWrite(insertOne("system.views", {})),
    Code.PermissionDenied,
    "writes[1].collection",
  ],
  [
    "a script in a filter",
    () => withWrite(deleteOne("files", { $where: "sleep(1)" })),
    Code.PermissionDenied,
    "writes[1].delete_one.filter.bson",
  ],
  [
    "an id that is no UUIDv7",
    () => request([first], "0190a0a0-0000-4000-8000-000000000001"),
    Code.InvalidArgument,
    "entry.id",
  ],
  [
    "an id in upper case",
    () => request([first], newEntryId().toUpperCase()),
    Code.InvalidArgument,
    "entry.id",
  ],
  [
    "no source",
    () => ({ ...request([first]), entry: { ...request().entry!, source: "" } }),
    Code.InvalidArgument,
    "entry.source",
  ],
  [
    "no events",
    () => ({ ...request([first]), entry: { ...request().entry!, events: [] } }),
    Code.InvalidArgument,
    "entry.events",
  ],
  [
    "an invalid label",
    () => withMutations(mergeNode(node("bad label", { id: 1n }))),
    Code.InvalidArgument,
    "entry.events[0].mutations[0].merge_node.node.label",
  ],
  [
    "a label that breaks out of Cypher",
    () => withMutations(mergeNode(node("A`) DETACH DELETE (n", { id: 1n }))),
    Code.InvalidArgument,
    "entry.events[0].mutations[0].merge_node.node.label",
  ],
  [
    "a reserved label",
    () => withMutations(mergeNode(node("OutgraphLane", { id: 1n }))),
    Code.InvalidArgument,
    "entry.events[0].mutations[0].merge_node.node.label",
  ],
  [
    "an invalid property name",
    () => withMutations(mergeNode(A, { set: { "a.b": 1n } })),
    Code.InvalidArgument,
    'entry.events[0].mutations[0].merge_node.set["a.b"]',
  ],
  [
    "an invalid relationship type",
    () => withMutations(mergeEdge(edge("HAS-A", A, A))),
    Code.InvalidArgument,
    "entry.events[0].mutations[0].merge_edge.edge.type",
  ],
  [
    "a key of a wrong type",
    () => withMutations(mergeNode(node("A", { id: 1.5 }))),
    Code.InvalidArgument,
    'entry.events[0].mutations[0].merge_node.node.key["id"]',
  ],
  [
    "a text that is added",
    () => withMutations(accumulate(A, { add: { n: "1" } })),
    Code.InvalidArgument,
    'entry.events[0].mutations[0].accumulate.add["n"]',
  ],
  [
    "a value of no type",
    () =>
      withMutations(mergeNode(A, { set: { n: { ...toValue(1n), kind: { case: undefined } } } })),
    Code.InvalidArgument,
    'entry.events[0].mutations[0].merge_node.set["n"].kind',
  ],
  [
    "a mutation of a newer version",
    () => withMutations(mergeNode(A), newerMutation()),
    Code.Unimplemented,
    "entry.events[0].mutations[1]",
  ],
  [
    "an entry above 8 MiB",
    () => withMutations(mergeNode(A, { set: { t: "x".repeat(8 * 1024 * 1024) } })),
    Code.ResourceExhausted,
    "entry",
  ],
  [
    "a request above 16 MiB",
    () => withWrite(insertOne("files", { t: "x".repeat(17 * 1024 * 1024) })),
    Code.ResourceExhausted,
    undefined,
  ],
];

describe.each(Object.keys(TRANSPORTS))("%s", (protocol) => {
  const client = () => createClient(OutboxService, TRANSPORTS[protocol]!(service.url));

  test.each(BAD)(
    "%s is refused with its path, and nothing is written",
    async (_, bad, code, field) => {
      const error = await client()
        .append(bad())
        .then(
          () => undefined,
          (reason: unknown) => ConnectError.from(reason),
        );

      expect(error).toMatchObject({ code });
      const fields = error!
        .findDetails(BadRequestSchema)
        .flatMap(({ fieldViolations }) => fieldViolations);
      expect(fields.map((violation) => violation.field)).toEqual(
        field === undefined ? [] : [field],
      );
      expect(await own.db.collection("files").find().toArray()).toEqual([{ _id: "there" }]);
      expect(await own.db.collection(COLLECTION.entries).countDocuments()).toBe(0);
    },
  );

  test("of many appends each has its own result, and the same errors as alone", async () => {
    const good = request([insertOne("files", { _id: 1 })]);

    const { results } = await client().appendMany({
      appends: [good, withWrite(insertOne("fils", {})), good, withMutations(newerMutation())],
    });

    expect(results.map(({ outcome }) => outcome)).toMatchObject([
      { case: "response", value: { replayed: false } },
      {
        case: "error",
        value: { code: Code.NotFound, message: expect.stringContaining("no collection fils") },
      },
      { case: "response", value: { replayed: true } },
      { case: "error", value: { code: Code.Unimplemented } },
    ]);
    expect(await own.db.collection(COLLECTION.entries).countDocuments()).toBe(1);
  });

  test.each([0, 1_001])("%i appends at once are refused", async (count) => {
    const appends = Array.from({ length: count }, () => ({}));

    await expect(client().appendMany({ appends })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });

  test("what is no id is refused, and one that names nothing is not found", async () => {
    await expect(client().getEntry({ id: "x" })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
    await expect(client().getEntry({ id: newEntryId() })).rejects.toMatchObject({
      code: Code.NotFound,
    });
    await expect(
      client().getEntry({ id: "0190a0a0-0000-4000-8000-000000000001" }),
    ).rejects.toMatchObject({
      code: Code.NotFound,
    });
    await expect(client().waitApplied({ ids: [] })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
    await expect(
      client().waitApplied({ ids: [newEntryId()], timeout: { seconds: 301n } }),
    ).rejects.toMatchObject({ code: Code.InvalidArgument });
  });

  test("a good append works, every BSON type kept", async () => {
    const of = request([insertOne("files", { _id: Long.fromString("9007199254740993"), one: 1 })]);

    const { receipt, replayed } = await client().append(of);

    expect(replayed).toBe(false);
    expect(receipt).toMatchObject({ entryId: of.entry!.id, documents: [{ inserted: 1n }] });
    const [stored] = await own.db
      .collection("files", { promoteLongs: false })
      .find({ one: 1 })
      .toArray();
    expect(stored).toEqual({ _id: Long.fromString("9007199254740993"), one: 1 });
    const entry = await client().getEntry({ id: of.entry!.id });
    expect(entry).toMatchObject({ entry: { id: of.entry!.id, source: "test" }, receipt });
  });
});

test("bytes that are no request are refused", async () => {
  const path = `${service.url}/outgraph.append.v1.OutboxService/Append`;
  const post = async (type: string, body: string | Uint8Array) => {
    const headers = { "content-type": type, "connect-protocol-version": "1" };
    const answer = await fetch(path, { method: "POST", headers, body: body as string });
    return ((await answer.json()) as { code: string }).code;
  };

  expect(await post("application/proto", new Uint8Array([0xff, 0xff, 0xff]))).toBe(
    "internal", // Connect's word for bytes that its protobuf cannot read
  );
  expect(await post("application/json", '{"entry":')).toBe("invalid_argument");
  expect(await post("application/json", '{"entry": {"nope": 1}}')).toBe("invalid_argument");
  expect(await own.db.collection(COLLECTION.entries).countDocuments()).toBe(0);
});

test("the caller's trace is kept with the entry", async () => {
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const client = createClient(OutboxService, TRANSPORTS["gRPC over HTTP/2"]!(service.url));

  await client.append(request(), { headers: { traceparent } });

  expect(await own.db.collection(COLLECTION.entries).findOne()).toMatchObject({
    trace: traceparent,
  });
});

test("metrics count what happened", async () => {
  const text = await (await fetch(`${service.url}/metrics`)).text();

  expect(text).toMatch(
    /outgraph_append_refused_total\{code="not_found",kind="collection_not_found"\} \d/,
  );
  expect(text).toMatch(/outgraph_append_committed_total\{replayed="false"\} \d/);
  expect(text).toMatch(/outgraph_append_mongodb_primary 1/);
  expect(text).toMatch(/outgraph_rpc_duration_seconds_count\{[^}]*protocol="grpc-web"/);
});
