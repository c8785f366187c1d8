import { create } from "@bufbuild/protobuf";
import {
  type EntryId,
  entryIdFor,
  MutationSchema,
  mergeNode,
  newEntryId,
  node,
} from "@outgraph/events";
import { storedEntry } from "@outgraph/outbox";
import type { ClientSession } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import {
  AlreadyAppended,
  AlreadyCommitted,
  EntryInvalid,
  EntryTooLarge,
  IdExpired,
  IdReused,
  MutationUnsupported,
  NoTransaction,
} from "./errors.ts";
import { placed, type UnderTest, underTest } from "./test/under-test.ts";
import { OutboxWriter, openWriter } from "./writer.ts";

let at: UnderTest;
let writer: OutboxWriter;

beforeAll(async () => {
  at = await underTest(inject("mongodbUri"));
  writer = new OutboxWriter(at.outbox, { source: "shop", partition: "eu" });
});

beforeEach(() => at.clear());

afterAll(() => at.end());

/** Runs in a transaction that is aborted when `work` fails, and ended as told otherwise. */
async function inTransaction<T>(
  end: "commit" | "abort",
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  await using session = at.client.startSession();
  session.startTransaction();
  const result = await work(session);
  await (end === "commit" ? session.commitTransaction() : session.abortTransaction());
  return result;
}

const stored = async () => (await at.outbox.entries.find().toArray()).map(storedEntry);
const count = async () => ({
  orders: await at.orders.countDocuments(),
  entries: await at.outbox.entries.countDocuments(),
});

test("documents and entry commit together", async () => {
  const receipt = await inTransaction("commit", async (session) => {
    await at.orders.insertOne({ _id: "o1" }, { session });
    const receipt = await writer.append(session, { events: [placed("o1")] });
    expect(await count()).toEqual({ orders: 0, entries: 0 });
    return receipt;
  });

  expect(await count()).toEqual({ orders: 1, entries: 1 });
  const [entry] = await stored();
  expect(entry).toMatchObject({ id: receipt.entryId, entry: { source: "shop", partition: "eu" } });
  expect(entry?.at.t).toBeGreaterThan(0);
});

test("an aborted transaction leaves neither documents nor entry", async () => {
  await inTransaction("abort", async (session) => {
    await at.orders.insertOne({ _id: "o1" }, { session });
    await writer.append(session, { events: [placed("o1")] });
  });

  expect(await count()).toEqual({ orders: 0, entries: 0 });
});

test("without a transaction, nothing is appended", async () => {
  await using session = at.client.startSession();
  await expect(writer.append(session, { events: [placed("o1")] })).rejects.toThrow(NoTransaction);
  expect(await count()).toEqual({ orders: 0, entries: 0 });
});

test("a second append in one transaction is refused, names transact, and the first stands", async () => {
  await inTransaction("commit", async (session) => {
    await writer.append(session, { events: [placed("o1")] });
    const second = writer.append(session, { events: [placed("o2")] });
    await expect(second).rejects.toThrow(AlreadyAppended);
    await expect(second).rejects.toThrow(/transact .*collects .*add/);
  });

  expect(await stored()).toMatchObject([{ entry: { events: [{ mutations: [{}] }] } }]);
});

test("the next transaction of the same session has an entry of its own", async () => {
  await using session = at.client.startSession();
  for (const order of ["o1", "o2"]) {
    session.startTransaction();
    await writer.append(session, { events: [placed(order)] });
    await session.commitTransaction();
  }
  expect(await count()).toEqual({ orders: 0, entries: 2 });
});

test("what the contract forbids is refused with its path, and can be put right", async () => {
  await inTransaction("commit", async (session) => {
    const broken = writer.append(session, { events: [{ ...placed("o1"), type: "not a type" }] });
    await expect(broken).rejects.toThrow(EntryInvalid);
    await expect(broken).rejects.toMatchObject({ violations: [{ field: "events[0].type" }] });
    await expect(writer.append(session, { events: [] })).rejects.toMatchObject({
      violations: [{ field: "events" }],
    });
    const unknown = create(MutationSchema); // as one of a newer version looks here
    const newer = writer.append(session, { events: [{ type: "t", mutations: [unknown] }] });
    await expect(newer).rejects.toThrow(MutationUnsupported);
    await expect(newer).rejects.toMatchObject({
      violations: [{ field: "events[0].mutations[0]" }],
    });

    await writer.append(session, { events: [placed("o1")] });
  });

  expect(await count()).toEqual({ orders: 0, entries: 1 });
});

test("an entry beyond 8 MiB is refused; one just below is stored with room for its receipt", async () => {
  const event = (bytes: number) => ({
    type: "t",
    mutations: [mergeNode(node("Order", { id: "o1" }), { set: { text: "x".repeat(bytes) } })],
  });
  await inTransaction("commit", async (session) => {
    const large = writer.append(session, { events: [event(8 * 1024 * 1024)] });
    await expect(large).rejects.toThrow(EntryTooLarge);
    await writer.append(session, { events: [event(8 * 1024 * 1024 - 200)] });
  });
  expect((await stored())[0]?.bytes).toBeGreaterThan(8 * 1024 * 1024 - 200);
});

test("append tells a known id from a new one, and refuses it", async () => {
  const id = entryIdFor(new Date(5_000), "job 1");
  const append = (order: string) =>
    inTransaction("commit", (session) => writer.append(session, { id, events: [placed(order)] }));
  const first = await append("o1");

  await expect(append("o1")).rejects.toThrow(AlreadyCommitted);
  await expect(append("o1")).rejects.toMatchObject({ receipt: first });
  await expect(append("o2")).rejects.toThrow(IdReused);

  expect(await count()).toEqual({ orders: 0, entries: 1 });
});

test("append refuses an id at or below the purge horizon", async () => {
  await at.outbox.meta.updateOne({ _id: "purge" }, { $set: { horizon: new Date(5_000) } });
  const append = (id: EntryId) =>
    inTransaction("commit", (session) => writer.append(session, { id, events: [placed("o1")] }));

  await expect(append(entryIdFor(new Date(5_000), "job 1"))).rejects.toThrow(IdExpired);
  await append(entryIdFor(new Date(5_001), "job 1"));
});

test("transact collects events from anywhere in the work, and appends them once, in order", async () => {
  const outcome = await writer.transact({ partition: "us" }, async ({ session, add }) => {
    add(placed("o1"));
    await at.orders.insertMany([{ _id: "o1" }, { _id: "o2" }], { session });
    add(placed("o2"), { type: "shop.v1.Noted" });
    return "done";
  });

  expect(outcome).toMatchObject({ replayed: false, result: "done" });
  expect(await count()).toEqual({ orders: 2, entries: 1 });
  const [entry] = await stored();
  expect(entry).toMatchObject({ id: outcome.entryId, entry: { partition: "us" } });
  expect(entry?.entry.events.map(({ type }) => type)).toEqual([
    "shop.v1.OrderPlaced",
    "shop.v1.OrderPlaced",
    "shop.v1.Noted",
  ]);
});

test("entries of transactions that conflict are stamped in the order of the conflicts", async () => {
  await at.orders.insertOne({ _id: "counter", n: 0 });
  const countUp = () =>
    writer.transact({}, async ({ session, add }) => {
      const found = await at.orders.findOneAndUpdate(
        { _id: "counter" },
        { $inc: { n: 1 } },
        { session, returnDocument: "after" },
      );
      add({ type: `n${found?.n}` });
    });
  const worker = async () => {
    for (let i = 0; i < 10; i++) await countUp();
  };

  await Promise.all(Array.from({ length: 6 }, worker));

  const walked = await at.outbox.entries.find().sort({ at: 1, _id: 1 }).toArray();
  expect(walked.map(({ types }) => types[0])).toEqual(walked.map((_, i) => `n${i + 1}`));
  expect(walked).toHaveLength(60);
});

test("a unit of work without events is refused, and its documents with it", async () => {
  const outcome = writer.transact({}, ({ session }) =>
    at.orders.insertOne({ _id: "o1" }, { session }),
  );
  await expect(outcome).rejects.toThrow(EntryInvalid);
  expect(await count()).toEqual({ orders: 0, entries: 0 });
});

test("a unit of work has one entry: append inside it is refused", async () => {
  const outcome = writer.transact({ events: [placed("o1")] }, ({ session }) =>
    writer.append(session, { events: [placed("o2")] }),
  );
  await expect(outcome).rejects.toThrow(AlreadyAppended);
  expect(await count()).toEqual({ orders: 0, entries: 0 });
});

test("a repeated unit of work returns without working, though its documents would now fail", async () => {
  const id = newEntryId();
  let works = 0;
  const collecting = () =>
    writer.transact({ id }, async ({ session, add }) => {
      works++;
      await at.orders.insertOne({ _id: "o1" }, { session });
      add(placed("o1"));
    });

  expect(await collecting()).toEqual({ replayed: false, entryId: id, result: undefined });
  expect(await collecting()).toEqual({ replayed: true, entryId: id });
  expect(works).toBe(1);
});

test("with its events given up front, a unit of work refuses its id for other events", async () => {
  const id = newEntryId();
  const work = (order: string) =>
    writer.transact({ id, events: [placed(order)] }, ({ session }) =>
      at.orders.insertOne({ _id: order }, { session }),
    );
  await work("o1");

  expect(await work("o1")).toEqual({ replayed: true, entryId: id });
  await expect(work("o2")).rejects.toThrow(IdReused);
  expect(await count()).toEqual({ orders: 1, entries: 1 });
});

test("what the work throws comes out, and nothing is written", async () => {
  const outcome = writer.transact({ events: [placed("o1")] }, async ({ session }) => {
    await at.orders.insertOne({ _id: "o1" }, { session });
    throw new RangeError("sold out");
  });
  await expect(outcome).rejects.toThrow(new RangeError("sold out"));
  expect(await count()).toEqual({ orders: 0, entries: 0 });
});

test("a database without an outbox is refused before anything is written", async () => {
  const nowhere = at.client.db(`${at.outbox.db.databaseName}_none`);
  await expect(openWriter(nowhere, { source: "shop" })).rejects.toMatchObject({
    reason: "not_set_up",
  });
});
