import { entryIdFor, newEntryId } from "@outgraph/events";
import { compareAt, storedEntry } from "@outgraph/outbox";
import type { ClientSession } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { commitAppend } from "./commit-append.ts";
import { IdExpired, IdReused } from "./errors.ts";
import { appendOf, prepared, type UnderTest, underTest } from "./test/under-test.ts";
import { runTransaction } from "./transaction.ts";
import { type Append, type AppendResult, writeAppends } from "./write-appends.ts";

let at: UnderTest;

beforeAll(async () => {
  at = await underTest(inject("mongodbUri"));
});

beforeEach(() => at.clear());

afterAll(() => at.end());

/** An append of one order, which inserts its document. */
function order(id: string, name: string, by: UnderTest = at): Append {
  const insert = (session: ClientSession) => by.orders.insertOne({ _id: name }, { session });
  return appendOf(prepared(id, name), insert);
}

function together(by: UnderTest, appends: readonly Append[]): Promise<AppendResult[]> {
  return runTransaction(by.client, (session) => writeAppends(by.outbox, session, appends, false));
}

test("appends of one transaction share one look and one insert, and keep their order", async () => {
  const watched = await at.through(inject("mongodbUri"), { monitorCommands: true });
  const commands: string[] = [];
  watched.client.on("commandStarted", ({ commandName, command }) => {
    if (command["txnNumber"]) commands.push(`${commandName} ${command[commandName]}`);
  });
  const ids = Array.from({ length: 5 }, newEntryId).reverse();

  const results = await together(
    watched,
    ids.map((id, i) => order(id, `o${i}`, watched)),
  );

  expect(results.map((result) => "receipt" in result && result.receipt.entryId)).toEqual(ids);
  expect(commands).toEqual([
    "find outbox",
    "find outbox_meta",
    ...ids.map(() => "insert orders"),
    "insert outbox",
    "commitTransaction 1",
  ]);
  const entries = (await at.outbox.entries.find().toArray()).map(storedEntry);
  const walked = entries.toSorted((a, b) => compareAt(a.at, b.at)).map(({ id }) => id);
  expect(walked).toEqual(ids);
  await watched.end();
});

test("each append of a transaction has its own result", async () => {
  const known = newEntryId();
  const old = entryIdFor(new Date(5_000), "job");
  await commitAppend(at.outbox, order(known, "known"));
  await at.outbox.meta.updateOne({ _id: "purge" }, { $set: { horizon: new Date(5_000) } });

  const [replayed, reused, expired, written] = await together(at, [
    order(known, "known"),
    order(known, "other"),
    order(old, "old"),
    order(newEntryId(), "new"),
  ]);

  expect(replayed).toMatchObject({ replayed: true, receipt: { entryId: known } });
  expect(reused).toBeInstanceOf(IdReused);
  expect(expired).toBeInstanceOf(IdExpired);
  expect(written).toMatchObject({ replayed: false });
  expect((await at.orders.find().toArray()).map(({ _id }) => _id)).toEqual(["known", "new"]);
});

test("one id twice in a transaction is one append and its repeat", async () => {
  const id = newEntryId();

  const [first, second, other] = await together(at, [
    order(id, "o1"),
    order(id, "o1"),
    order(id, "o2"),
  ]);

  expect(first).toMatchObject({ replayed: false });
  expect(second).toMatchObject({ replayed: true, receipt: { entryId: id } });
  expect(other).toBeInstanceOf(IdReused);
  expect(await at.outbox.entries.countDocuments()).toBe(1);
});

test("one failing append takes the whole transaction with it", async () => {
  await at.orders.insertOne({ _id: "taken" });

  const outcome = together(at, [order(newEntryId(), "o1"), order(newEntryId(), "taken")]);

  await expect(outcome).rejects.toMatchObject({ code: 11_000 });
  expect(await at.orders.countDocuments()).toBe(1);
  expect(await at.outbox.entries.countDocuments()).toBe(0);
});
