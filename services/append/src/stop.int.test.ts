import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { insertOne } from "@outgraph/client";
import { OutboxService } from "@outgraph/events";
import { COLLECTION } from "@outgraph/outbox";
import { waitUntil } from "@outgraph/stack";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { failCommand } from "./test/fail-command.ts";
import { type OwnDatabase, ownDatabase } from "./test/mongo-database.ts";
import { request } from "./test/requests.ts";
import { type RunningAppend, startReadyAppend } from "./test/running-append.ts";

let own: OwnDatabase;
let service: RunningAppend;
beforeEach(async () => {
  own = await ownDatabase();
  await own.db.createCollection("files");
  service = await startReadyAppend(inject("mongodbUri"), own.db.databaseName, {
    OUTGRAPH_STOP_GRACE_MS: "120000", // longer than the test: nothing may end by being cut
  });
});
afterEach(async () => {
  await service[Symbol.asyncDispose]();
  await own[Symbol.asyncDispose]();
});

const http = () =>
  createClient(OutboxService, createConnectTransport({ baseUrl: service.url, httpVersion: "1.1" }));
const grpc = () => createClient(OutboxService, createGrpcTransport({ baseUrl: service.url }));

test("SIGTERM lets appends under way finish, ends waits with UNAVAILABLE, and the process with 0", async () => {
  const waiting = request();
  await http().append(waiting);
  const wait = grpc()
    .waitApplied({ ids: [waiting.entry!.id], timeout: { seconds: 120n } })
    .catch(ConnectError.from);
  await waitUntil(() => service.process.logTail().includes("stream.opened"), {
    what: "the wait is on the board",
    timeoutMs: 20_000,
  });
  await using _ = await failCommand(
    own.mongo.client,
    { failCommands: ["commitTransaction"], blockTimeMS: 2_000 },
    2,
  );
  const appends = [http(), grpc()].map((client, i) =>
    client.append(request([insertOne("files", { _id: i })])),
  );
  await waitUntil(async () => (await commitsUnderWay()) === 2, {
    what: "both commits are under way",
    timeoutMs: 20_000,
  });

  process.kill(service.process.pid, "SIGTERM");

  expect(await Promise.all(appends)).toMatchObject([{ replayed: false }, { replayed: false }]);
  expect(await wait).toMatchObject({ code: Code.Unavailable });
  expect(await service.process.exited).toMatchObject({ code: 0, signal: null });
  expect(await own.db.collection("files").countDocuments()).toBe(2);
  expect(await own.db.collection(COLLECTION.entries).countDocuments()).toBe(3);
});

async function commitsUnderWay(): Promise<number> {
  const found = await own.mongo.client
    .db("admin")
    .aggregate([
      { $currentOp: {} },
      { $match: { "command.commitTransaction": 1, appName: "outgraph-append" } },
    ])
    .toArray();
  return found.length;
}
