import { Code, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { createOutgraphClient, insertOne, UnavailableError } from "@outgraph/client";
import { EntryState, mergeNode, newEntryId, node, OutboxService } from "@outgraph/events";
import {
  batchAckDocument,
  COLLECTION,
  outboxCollections,
  storedEntry,
  uuidOf,
} from "@outgraph/outbox";
import { startProxy, type WireProxy, waitUntil } from "@outgraph/stack";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { type OwnDatabase, ownDatabase } from "./test/mongo-database.ts";
import { request } from "./test/requests.ts";
import {
  addressOf,
  mongodbUriVia,
  type RunningAppend,
  readiness,
  startAppend,
  untilReady,
} from "./test/running-append.ts";

let own: OwnDatabase;
let proxy: WireProxy;
let service: RunningAppend;
beforeEach(async () => {
  own = await ownDatabase();
  await own.db.createCollection("files");
  proxy = await startProxy({ target: addressOf(inject("mongodbUri")) });
});
afterEach(async () => {
  await service?.[Symbol.asyncDispose]();
  await proxy.close();
  await own[Symbol.asyncDispose]();
});

const start = async (): Promise<void> => {
  const uri = mongodbUriVia(inject("mongodbUri"), proxy.address);
  service = await startAppend(uri, own.db.databaseName);
};
const ready = () => untilReady(service.url);
const raw = () =>
  createClient(OutboxService, createConnectTransport({ baseUrl: service.url, httpVersion: "1.1" }));
const entries = () => own.db.collection(COLLECTION.entries).countDocuments();
const events = [{ type: "test.Said", mutations: [mergeNode(node("A", { id: 1n }))] }];

test("with MongoDB away at start it says so, and serves as soon as MongoDB is there", async () => {
  proxy.cut();
  await start();

  const tries = () => service.process.logTail().match(/"msg":"outbox\.waiting"/g)?.length ?? 0;
  await waitUntil(() => tries() >= 2, { what: "it has tried twice", timeoutMs: 30_000 });

  expect(await readiness(service.url)).toMatchObject({ ready: false, reason: expect.any(String) });
  expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
  await expect(raw().append(request(), { timeoutMs: 2_000 })).rejects.toMatchObject({
    code: Code.Unavailable,
  });
  await expect(raw().getEntry({ id: newEntryId() })).rejects.toMatchObject({
    code: Code.Unavailable,
  });

  await proxy.heal();
  await ready();
  await raw().append(request());
  expect(await entries()).toBe(1);
});

test.each(["cut", "blackHole"] as const)(
  "MongoDB away in mid-run (%s): UNAVAILABLE within the deadline, and nothing half-written",
  async (how) => {
    await start();
    await ready();
    await raw().append(request()); // connections are open
    proxy[how]();

    const of = request([insertOne("files", { _id: 1 })]);
    const call = raw().append(of, { timeoutMs: 3_000 });

    const error = await call.catch((reason: unknown) => reason);
    // A wire that is silent looks like a slow MongoDB until the driver gives it up.
    const codes = how === "cut" ? [Code.Unavailable] : [Code.Unavailable, Code.DeadlineExceeded];
    expect(codes).toContain((error as { code: Code }).code);
    expect(await own.db.collection("files").countDocuments()).toBe(0);

    await proxy.heal();
    await ready();
    expect(await raw().append(of)).toMatchObject({ receipt: { entryId: of.entry!.id } });
    expect(await own.db.collection("files").find().toArray()).toEqual([{ _id: 1 }]);
    expect(await entries()).toBe(2);
  },
);

test("the client rides out an absence: one entry, once", async () => {
  await start();
  await ready();
  const client = createOutgraphClient({
    url: service.url,
    source: "test",
    attemptTimeoutMs: 2_000,
  });
  await client.append({ events });
  proxy.cut();

  const call = client.append(
    { events, writes: [insertOne("files", { _id: 1 })] },
    { timeoutMs: 40_000 },
  );
  await waitUntil(async () => !(await readiness(service.url)).ready, {
    what: "away",
    timeoutMs: 20_000,
  });
  await proxy.heal();

  expect(await call).toMatchObject({ documents: [{ inserted: 1, id: 1 }] });
  expect(await entries()).toBe(2);
  client.close();
});

test("a client whose time is up says UNAVAILABLE, with the id to repeat with", async () => {
  proxy.cut();
  await start();
  const client = createOutgraphClient({ url: service.url, source: "test", timeoutMs: 1_500 });
  const id = newEntryId();

  const error = await client.append({ id, events }).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ entryId: id });
  client.close();
});

test("a wait outlives a loss of MongoDB, and sees what was decided meanwhile", async () => {
  await start();
  await ready();
  const of = request();
  await raw().append(of);
  const id = of.entry!.id;
  const wait = raw().waitApplied({ ids: [id], timeout: { seconds: 60n } });
  // When this one has its answer, the states were read, and only the stream can tell the first.
  const short = await raw().waitApplied({ ids: [id], timeout: { nanos: 300_000_000 } });
  expect(short).toMatchObject({ entries: [{ state: EntryState.PENDING }] });

  proxy.cut();
  await waitUntil(() => service.process.logTail().includes("stream.lost"), {
    what: "the stream is lost",
    timeoutMs: 30_000,
  });
  const outbox = outboxCollections(own.db);
  const [document] = await outbox.entries.find({ _id: uuidOf(id as never) }).toArray();
  const { at } = storedEntry(document!);
  await outbox.acks.insertOne(
    batchAckDocument({
      lane: 0,
      batch: 1n,
      epoch: 1n,
      entries: [id as never],
      at: { min: at, max: at },
      bookmark: "b1",
      ackedAt: new Date(),
    }),
  );
  // Time goes on: a new stream would begin with what was the last write.
  await own.db.collection("files").insertOne({});
  await proxy.heal();

  expect(await wait).toMatchObject({
    entries: [{ id, state: EntryState.APPLIED }],
    bookmarks: ["b1"],
  });
});
