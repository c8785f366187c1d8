import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { type UnderTest, underTest } from "./test/under-test.ts";
import { runTransaction } from "./transaction.ts";

let at: UnderTest;

beforeAll(async () => {
  at = await underTest(inject("mongodbUri"));
});

beforeEach(() => at.clear());

afterAll(() => at.end());

test("the result comes once the transaction is committed", async () => {
  const result = await runTransaction(at.client, async (session) => {
    await at.orders.insertOne({ _id: "o1" }, { session });
    return 7;
  });
  expect(result).toBe(7);
  expect(await at.orders.countDocuments()).toBe(1);
});

test("every attempt is told its number, and sees what was committed before it began", async () => {
  await at.orders.insertOne({ _id: "o1", n: 0 });
  const seen: unknown[] = [];
  await runTransaction(at.client, async (session, attempt) => {
    const found = await at.orders.findOne({ _id: "o1" }, { session });
    seen.push([attempt, found?.n]);
    if (attempt === 1) await at.orders.updateOne({ _id: "o1" }, { $inc: { n: 10 } });
    await at.orders.updateOne({ _id: "o1" }, { $inc: { n: 1 } }, { session });
  });
  expect(seen).toEqual([
    [1, 0],
    [2, 10],
  ]);
  expect(await at.orders.findOne()).toEqual({ _id: "o1", n: 11 });
});

test("an error that does not pass is thrown at once, and nothing is written", async () => {
  let attempts = 0;
  const outcome = runTransaction(at.client, async (session) => {
    attempts++;
    await at.orders.insertOne({ _id: "o1" }, { session });
    await at.orders.insertOne({ _id: "o1" }, { session });
  });
  await expect(outcome).rejects.toMatchObject({ code: 11_000 });
  expect(attempts).toBe(1);
  expect(await at.orders.countDocuments()).toBe(0);
});

// The driver's withTransaction runs such work again for two minutes: the server has aborted the
// transaction, and only the commit says so.
test("work that swallows a fatal error is given up in time", async () => {
  await at.orders.insertOne({ _id: "o1" });
  const outcome = runTransaction(
    at.client,
    (session) => at.orders.insertOne({ _id: "o1" }, { session }).catch(() => {}),
    { timeoutMs: 200 },
  );
  await expect(outcome).rejects.toMatchObject({ name: "TransactionGaveUp" });
});

test("a transaction reads one snapshot, and its commit waits for a majority that has journalled it", async () => {
  const seen = await at.through(inject("mongodbUri"), { monitorCommands: true });
  const concerns: Record<string, unknown> = {};
  seen.client.on("commandStarted", ({ commandName, command }) => {
    concerns[commandName] = command["readConcern"] ?? command["writeConcern"];
  });
  await runTransaction(seen.client, (session) => seen.orders.findOne({}, { session }));
  await seen.end();

  expect(concerns["find"]).toMatchObject({ level: "snapshot" });
  expect(concerns["commitTransaction"]).toMatchObject({ w: "majority", j: true });
});

test("work that ends the transaction itself is a mistake that is named", async () => {
  const outcome = runTransaction(at.client, (session) => session.abortTransaction());
  await expect(outcome).rejects.toThrow("the work has ended the transaction itself");
});
