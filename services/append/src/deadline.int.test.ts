import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { insertOne, updateOne } from "@outgraph/client";
import { OutboxService } from "@outgraph/events";
import { COLLECTION } from "@outgraph/outbox";
import { waitUntil } from "@outgraph/stack";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { failCommand } from "./test/fail-command.ts";
import { type OwnDatabase, ownDatabase } from "./test/mongo-database.ts";
import { request } from "./test/requests.ts";
import { type RunningAppend, startReadyAppend } from "./test/running-append.ts";

let own: OwnDatabase;
let service: RunningAppend;
beforeAll(async () => {
  own = await ownDatabase();
  await own.db.createCollection("files");
  service = await startReadyAppend(inject("mongodbUri"), own.db.databaseName, {
    OUTGRAPH_APPEND_TIMEOUT_MS: "1500",
  });
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await own[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await own.db.collection("files").deleteMany({});
  await own.db.collection(COLLECTION.entries).deleteMany({});
});

const client = () =>
  createClient(OutboxService, createConnectTransport({ baseUrl: service.url, httpVersion: "1.1" }));
const entries = () => own.db.collection(COLLECTION.entries).countDocuments();

test("a deadline that has passed is refused before anything is done", async () => {
  const answer = await fetch(`${service.url}/outgraph.append.v1.OutboxService/Append`, {
    method: "POST",
    headers: { "content-type": "application/json", "connect-timeout-ms": "0" },
    body: JSON.stringify({ entry: { source: "test", events: [{ type: "a.B" }] } }),
  });

  expect(await answer.json()).toMatchObject({ code: "deadline_exceeded" });
  expect(await entries()).toBe(0);
});

test("a commit that takes too long is DEADLINE_EXCEEDED; a repeat finds out how it ended", async () => {
  const of = request([insertOne("files", { _id: 1 })]);
  await using _ = await failCommand(own.mongo.client, {
    failCommands: ["commitTransaction"],
    blockTimeMS: 4_000,
  });

  const first = await client().append(of).catch(ConnectError.from);

  expect(first).toMatchObject({ code: Code.DeadlineExceeded });
  const outcome = await waitUntil(
    () =>
      client()
        .append(of)
        .catch(() => undefined),
    { what: "the outcome is known", timeoutMs: 20_000 },
  );
  expect(outcome).toMatchObject({ receipt: { documents: [{ inserted: 1n }] } });
  expect(await own.db.collection("files").countDocuments()).toBe(1);
  expect(await entries()).toBe(1);
});

test("a caller's own deadline holds, and its transaction is not left open", async () => {
  const of = request([insertOne("files", { _id: 1 })]);
  await using _ = await failCommand(own.mongo.client, {
    failCommands: ["insert"],
    blockTimeMS: 2_000,
  });

  const first = await client().append(of, { timeoutMs: 700 }).catch(ConnectError.from);

  expect(first).toMatchObject({ code: Code.DeadlineExceeded });
  const outcome = await waitUntil(
    () =>
      client()
        .append(of)
        .catch(() => undefined),
    { what: "it can be repeated", timeoutMs: 20_000 },
  );
  expect(outcome).toMatchObject({ replayed: false });
  expect(await own.db.collection("files").countDocuments()).toBe(1);
});

test("a document that another transaction holds is ABORTED in the end, and nothing is written", async () => {
  const files = own.db.collection<{ _id: number; n: number }>("files");
  await files.insertOne({ _id: 1, n: 0 });
  const session = own.mongo.client.startSession();
  session.startTransaction();
  await files.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });

  const call = client().append(
    request([insertOne("files", { _id: 2 }), updateOne("files", { _id: 1 }, { $inc: { n: 1 } })]),
  );

  await expect(call).rejects.toMatchObject({ code: Code.Aborted });
  await session.abortTransaction();
  await session.endSession();
  expect(await files.find().toArray()).toEqual([{ _id: 1, n: 0 }]);
  expect(await entries()).toBe(0);
});

test("errors of MongoDB that pass are tried again inside the service", async () => {
  await using _ = await failCommand(
    own.mongo.client,
    { failCommands: ["insert", "commitTransaction"], errorCode: 112 },
    3,
  );

  const { replayed } = await client().append(request([insertOne("files", { _id: 1 })]));

  expect(replayed).toBe(false);
  expect(await entries()).toBe(1);
});
