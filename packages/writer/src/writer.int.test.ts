import { randomBytes } from "node:crypto";
import { entryIdFor, mergeNode, newEntryId, node } from "@outgraph/events";
import { outboxCollections, setUpOutbox } from "@outgraph/outbox";
import { type Collection, MongoClient } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { type EventInput, type OutboxWriter, openWriter } from "./index.ts";

const database = `writer_${randomBytes(6).toString("hex")}`;
let client: MongoClient;
let writer: OutboxWriter;
let orders: Collection<{ _id: string; total?: number }>;
const entries = () => outboxCollections(client.db(database)).entries;

beforeAll(async () => {
  client = await new MongoClient(inject("mongodbUri")).connect();
  await setUpOutbox(client, database);
  writer = await openWriter(client.db(database), { source: "shop" });
  orders = client.db(database).collection("orders");
  await client.db(database).createCollection("orders");
});

beforeEach(async () => {
  await orders.deleteMany({});
  await entries().deleteMany({});
});

afterAll(async () => {
  await client.db(database).dropDatabase();
  await client.close();
});

function placed(order: string): EventInput {
  return { type: "shop.v1.OrderPlaced", mutations: [mergeNode(node("Order", { id: order }))] };
}

test("documents and entry commit together", async () => {
  const session = client.startSession();
  try {
    session.startTransaction();
    await orders.insertOne({ _id: "o1" }, { session });
    const receipt = await writer.append(session, { events: [placed("o1")] });
    expect(await entries().countDocuments()).toBe(0);

    await session.commitTransaction();

    expect(await orders.countDocuments()).toBe(1);
    expect((await entries().findOne({}))?._id.toString()).toBe(receipt.entryId);
  } finally {
    await session.endSession();
  }
});

test("an aborted transaction leaves neither documents nor entry", async () => {
  const session = client.startSession();
  session.startTransaction();
  await orders.insertOne({ _id: "o1" }, { session });
  await writer.append(session, { events: [placed("o1")] });
  await session.abortTransaction();
  await session.endSession();

  expect(await orders.countDocuments()).toBe(0);
  expect(await entries().countDocuments()).toBe(0);
});

test("a repeat returns the first outcome, though its documents would now fail", async () => {
  const id = entryIdFor(new Date(), "job 1");
  const run = () =>
    writer.transact({ id, events: [placed("o1")] }, ({ session }) =>
      orders.insertOne({ _id: "o1" }, { session }),
    );
  expect(await run()).toMatchObject({ replayed: false, entryId: id, result: { insertedId: "o1" } });
  expect(await run()).toEqual({ replayed: true, entryId: id });
  expect(await entries().countDocuments()).toBe(1);
});

test("collecting", async () => {
  const r = await writer.transact({ id: newEntryId() }, async ({ session, add }) => {
    await orders.insertOne({ _id: "o1" }, { session });
    add(placed("o1"));
    add(placed("o2"));
    return 42;
  });
  expect(r).toMatchObject({ replayed: false, result: 42 });
});
