import { randomBytes } from "node:crypto";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { outboxCollections } from "./collections.ts";
import { COLLECTION, META_ID } from "./names.ts";
import { openOutbox } from "./open.ts";
import { setUpOutbox } from "./set-up.ts";

let client: MongoClient;
let database: string;
const used: string[] = [];

beforeAll(async () => {
  client = await new MongoClient(inject("mongodbUri")).connect();
});

beforeEach(() => {
  database = `outbox_${randomBytes(6).toString("hex")}`;
  used.push(database);
});

afterAll(async () => {
  for (const name of used) await client.db(name).dropDatabase();
  await client.close();
});

test("a set-up makes everything, and says what", async () => {
  const { incarnation, made } = await setUpOutbox(client, database);

  expect(made).toEqual([
    "collection outbox",
    "collection outbox_acks",
    "collection outbox_parked",
    "collection outbox_meta",
    "index outbox.at",
    "index outbox_acks.at_range",
    "index outbox_acks.lane_batch",
    "index outbox_parked.at",
    "document outbox_meta/lease",
    "document outbox_meta/settled",
    "document outbox_meta/purge",
    "document outbox_meta/outbox",
  ]);
  expect(incarnation).toMatch(/^[0-9a-f-]{36}$/);
});

test("a repeated set-up makes nothing and changes nothing", async () => {
  const first = await setUpOutbox(client, database);
  const { meta } = outboxCollections(client.db(database));
  await meta.updateOne({ _id: META_ID.purge }, { $set: { retentionMs: 3_600_000 } });
  const before = await meta.find().toArray();

  const second = await setUpOutbox(client, database);

  expect(second).toEqual({ ...first, made: [] });
  expect(await meta.find().toArray()).toEqual(before);
});

test("processes that set up at once agree on one incarnation, and make each thing once", async () => {
  const clients = await Promise.all(
    Array.from({ length: 8 }, () => new MongoClient(inject("mongodbUri")).connect()),
  );
  try {
    const all = await Promise.all(clients.map((each) => setUpOutbox(each, database)));

    expect(new Set(all.map(({ incarnation }) => incarnation)).size).toBe(1);
    const documents = all.flatMap(({ made }) => made).filter((what) => what.startsWith("document"));
    expect(documents.length).toBe(new Set(documents).size);
    const { meta } = outboxCollections(client.db(database));
    expect(await meta.countDocuments()).toBe(4);
  } finally {
    await Promise.all(clients.map((each) => each.close()));
  }
});

test("what a crash left half made is not open, and the next set-up completes it", async () => {
  await setUpOutbox(client, database);
  const { meta } = outboxCollections(client.db(database));
  await meta.deleteOne({ _id: META_ID.outbox });
  await meta.deleteOne({ _id: META_ID.purge });

  await expect(openOutbox(client.db(database))).rejects.toThrow(/no outbox yet/);
  const { made, incarnation } = await setUpOutbox(client, database);

  expect(made).toEqual(["document outbox_meta/purge", "document outbox_meta/outbox"]);
  expect((await openOutbox(client.db(database))).incarnation).toBe(incarnation);
});

test("a database without an outbox names the command that makes one", async () => {
  await expect(openOutbox(client.db(database))).rejects.toMatchObject({
    reason: "not_set_up",
    message: expect.stringContaining(
      `outgraph-outbox setup --mongodb-uri <uri> --database ${database}`,
    ),
  });
});

test("a newer format is refused, by set-up too, and left as it is", async () => {
  await setUpOutbox(client, database);
  const { meta } = outboxCollections(client.db(database));
  await meta.updateOne({ _id: META_ID.outbox }, { $set: { format: 2 } });
  await client.db(database).dropCollection(COLLECTION.parked);

  await expect(openOutbox(client.db(database))).rejects.toMatchObject({ reason: "format_newer" });
  await expect(setUpOutbox(client, database)).rejects.toMatchObject({ reason: "format_newer" });

  expect(await client.db(database).listCollections({ name: COLLECTION.parked }).toArray()).toEqual(
    [],
  );
});

test("an outbox is never laid over somebody else's collection", async () => {
  await client.db(database).collection(COLLECTION.entries).insertOne({ to: "a@b.example" });
  await expect(setUpOutbox(client, database)).rejects.toMatchObject({
    reason: "name_taken",
    message: expect.stringContaining("documents that are not Outgraph's"),
  });

  await client.db(database).dropDatabase();
  await client.db(database).createCollection(COLLECTION.acks, { capped: true, size: 4096 });
  await expect(setUpOutbox(client, database)).rejects.toMatchObject({
    reason: "name_taken",
    message: expect.stringContaining("outbox_acks is a capped collection"),
  });

  expect(await client.db(database).collection(COLLECTION.meta).countDocuments()).toBe(0);
});

test("entries whose identity was lost get no new one", async () => {
  await setUpOutbox(client, database);
  const { db } = outboxCollections(client.db(database));
  await db.collection(COLLECTION.entries).insertOne({ v: 1, digest: "" });
  await db.dropCollection(COLLECTION.meta);

  await expect(setUpOutbox(client, database)).rejects.toMatchObject({ reason: "meta_lost" });
});

test("a fresh outbox has nothing purged, nothing settled, and a lease that nobody holds", async () => {
  await setUpOutbox(client, database);

  const { meta } = outboxCollections(client.db(database));
  expect(await meta.findOne({ _id: META_ID.lease })).toEqual({
    _id: "lease",
    holder: "",
    epoch: 0n,
    expiresAt: new Date(0),
  });
  expect(await meta.findOne({ _id: META_ID.purge })).toEqual({
    _id: "purge",
    retentionMs: 604_800_000,
    horizon: new Date(-1),
  });
  expect(await meta.findOne({ _id: META_ID.settled })).toMatchObject({ horizon: { t: 0, i: 1 } });
});
