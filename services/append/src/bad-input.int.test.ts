import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { insertOne } from "@outgraph/client";
import { BadRequestSchema, newEntryId, OutboxService } from "@outgraph/events";
import { COLLECTION } from "@outgraph/outbox";
import { Long } from "bson";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { BAD_APPENDS, newerMutation, withMutations, withWrite } from "./test/bad-appends.ts";
import { type OwnDatabase, ownDatabase } from "./test/mongo-database.ts";
import { request } from "./test/requests.ts";
import { type RunningAppend, startReadyAppend } from "./test/running-append.ts";

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
  service = await startReadyAppend(inject("mongodbUri"), own.db.databaseName);
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

describe.each(Object.keys(TRANSPORTS))("%s", (protocol) => {
  const client = () => createClient(OutboxService, TRANSPORTS[protocol]!(service.url));

  test.each(BAD_APPENDS)(
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
    "invalid_argument",
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
