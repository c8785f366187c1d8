import { createOutgraphClient, insertOne, type Protocol, updateOne } from "@outgraph/client";
import { mergeNode, newEntryId, node } from "@outgraph/events";
import { COLLECTION } from "@outgraph/outbox";
import { startProxy, type WireProxy } from "@outgraph/stack";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { type OwnDatabase, ownDatabase } from "./test/mongo-database.ts";
import {
  addressOf,
  mongodbUriVia,
  type RunningAppend,
  startAppend,
  startReadyAppend,
} from "./test/running-append.ts";

let own: OwnDatabase;
let toMongo: WireProxy;
let service: RunningAppend;
let toService: WireProxy;
beforeEach(async () => {
  own = await ownDatabase();
  await own.db.collection<{ _id: number; n: number }>("counts").insertOne({ _id: 1, n: 0 });
  await own.db.createCollection("files");
  toMongo = await startProxy({ target: addressOf(inject("mongodbUri")) });
  const uri = mongodbUriVia(inject("mongodbUri"), toMongo.address);
  service = await startReadyAppend(uri, own.db.databaseName);
  toService = await startProxy({ target: addressOf(service.url) });
});
afterEach(async () => {
  await toService.close();
  await service[Symbol.asyncDispose]();
  await toMongo.close();
  await own[Symbol.asyncDispose]();
});

const counting = {
  events: [{ type: "test.Counted", mutations: [mergeNode(node("A", { id: 1n }))] }],
  writes: [insertOne("files", {}), updateOne("counts", { _id: 1 }, { $inc: { n: 1 } })],
};
const clientOf = (url: string, protocol: Protocol = "connect") =>
  createOutgraphClient({ url, source: "test", protocol, attemptTimeoutMs: 5_000 });

async function once(): Promise<void> {
  expect(await own.db.collection("counts").find().toArray()).toEqual([{ _id: 1, n: 1 }]);
  expect(await own.db.collection("files").countDocuments()).toBe(1);
  expect(await own.db.collection(COLLECTION.entries).countDocuments()).toBe(1);
}

test.each<Protocol>(["connect", "connect-h2", "grpc", "grpc-web"])(
  "a lost reply of an append writes nothing twice: %s",
  async (protocol) => {
    const client = clientOf(`http://${toService.address}`, protocol);
    // HTTP/2 settles its settings with the first call: what comes back after the append is then its reply.
    await expect(client.getEntry(newEntryId())).rejects.toThrow();
    const dropped = toService.dropReplyAfter((bytes) => bytes.includes("test.Counted"));

    const appended = await client.append(counting);
    await dropped;

    expect(appended).toMatchObject({
      replayed: true,
      documents: [{ inserted: 1 }, { modified: 1 }],
    });
    await once();
    client.close();
  },
);

test("a lost reply of the commit writes nothing twice, and is the first outcome", async () => {
  const client = clientOf(service.url);
  const dropped = toMongo.dropReplyAfter((bytes) => bytes.includes("commitTransaction"));

  const appended = await client.append(counting);
  await dropped;

  expect(appended).toMatchObject({
    replayed: false,
    documents: [{ inserted: 1 }, { modified: 1 }],
  });
  await once();
  client.close();
});

test.each(["insert", "update"])("a lost reply of an %s writes nothing twice", async (command) => {
  const client = clientOf(service.url);
  const dropped = toMongo.dropReplyAfter(
    (bytes) => bytes.includes(`${command}\0`) && bytes.includes("txnNumber"),
  );

  const appended = await client.append(counting);
  await dropped;

  expect(appended.documents).toMatchObject([{ inserted: 1 }, { modified: 1 }]);
  await once();
  client.close();
});

test("appends of one id by many callers at once write once, and all get the same receipt", async () => {
  const id = newEntryId();
  const clients = (["connect", "connect-h2", "grpc", "grpc-web"] as const).map((protocol) =>
    clientOf(service.url, protocol),
  );

  const all = await Promise.all(
    Array.from({ length: 24 }, (_, i) => clients[i % 4]!.append({ id, ...counting })),
  );

  expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(all.map(({ documents }) => JSON.stringify(documents))).size).toBe(1);
  await once();
  for (const client of clients) client.close();
});

test("a service killed in mid-append and started again writes nothing twice", async () => {
  const client = clientOf(`http://${toService.address}`);
  // The commit's reply is held, so that the service dies between commit and answer.
  const dropped = toMongo.dropReplyAfter((bytes) => bytes.includes("commitTransaction"));
  const id = newEntryId();
  const call = client.append({ id, ...counting });
  await dropped;
  await service.process.kill();
  await service[Symbol.asyncDispose](); // dead already; its log goes
  await toService.close();
  service = await startAppend(inject("mongodbUri"), own.db.databaseName);
  const other = clientOf(service.url);

  const appended = await other.append({ id, ...counting });

  expect(appended).toMatchObject({ documents: [{ inserted: 1 }, { modified: 1 }] });
  await once();
  client.close();
  await expect(call).rejects.toThrow();
  other.close();
});

test("large appends at once all arrive over one HTTP/2 connection", async () => {
  const client = clientOf(service.url, "grpc");
  const text = "x".repeat(6_000_000);

  await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      client.append({ events: counting.events, writes: [insertOne("files", { _id: i, text })] }),
    ),
  );

  expect(await own.db.collection("files").countDocuments()).toBe(6);
  client.close();
});
