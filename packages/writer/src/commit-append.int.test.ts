import { entryIdFor, newEntryId } from "@outgraph/events";
import type { ClientSession } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { commitAppend } from "./commit-append.ts";
import { IdExpired, IdReused, TransactionGaveUp } from "./errors.ts";
import { look } from "./look.ts";
import type { PreparedEntry } from "./prepare.ts";
import { appendOf, prepared, type UnderTest, underTest } from "./test/under-test.ts";
import type { Append } from "./write-appends.ts";

type Write = (session: ClientSession) => Promise<unknown>;

let at: UnderTest;

beforeAll(async () => {
  at = await underTest(inject("mongodbUri"));
});

beforeEach(() => at.clear());

afterAll(() => at.end());

const insert = (order: string) => (session: ClientSession) =>
  at.orders.insertOne({ _id: order }, { session });
const append = (entry: PreparedEntry, write: Write = insert("o1")) =>
  commitAppend(at.outbox, appendOf(entry, write));
const raiseHorizon = (horizon: Date) =>
  at.outbox.meta.updateOne({ _id: "purge" }, { $set: { horizon } });
const count = async () => ({
  orders: await at.orders.countDocuments(),
  entries: await at.outbox.entries.countDocuments(),
});

test("a repeat returns the first receipt, and does not write", async () => {
  const entry = prepared(newEntryId(), "o1");
  const first = await append(entry);
  expect(first).toMatchObject({ replayed: false, receipt: { documents: [{ inserted: 1n }] } });

  let writes = 0;
  const second = await append(entry, async (session) => {
    writes++;
    return insert("o1")(session); // would fail: the document is there
  });

  expect(second).toEqual({ replayed: true, receipt: first.receipt });
  expect(writes).toBe(0);
  expect(await count()).toEqual({ orders: 1, entries: 1 });
});

test("a known id with other content is refused, before it writes", async () => {
  const id = newEntryId();
  await append(prepared(id, "o1"));

  await expect(append(prepared(id, "o2"), insert("o2"))).rejects.toThrow(IdReused);

  expect(await count()).toEqual({ orders: 1, entries: 1 });
});

test("an id at or below the purge horizon is refused, before it writes", async () => {
  await raiseHorizon(new Date(5_000));

  const late = prepared(entryIdFor(new Date(5_000), "job"), "o1");
  await expect(append(late)).rejects.toThrow(IdExpired);
  await expect(append(late)).rejects.toMatchObject({ horizon: new Date(5_000) });
  expect(await count()).toEqual({ orders: 0, entries: 0 });

  await append(prepared(entryIdFor(new Date(5_001), "job"), "o1"));
  expect(await count()).toEqual({ orders: 1, entries: 1 });
});

test("an entry that the purge has not deleted yet is still known", async () => {
  const entry = prepared(entryIdFor(new Date(5_000), "job"), "o1");
  await append(entry);
  await raiseHorizon(new Date(6_000));

  expect(await append(entry)).toMatchObject({ replayed: true });
});

test("a transaction older than a purge sees the entry that the purge has deleted since", async () => {
  const entry = prepared(entryIdFor(new Date(5_000), "job"), "o1");
  await append(entry);
  await using session = at.client.startSession();
  session.startTransaction({ readConcern: { level: "snapshot" } });
  await at.orders.findOne({}, { session }); // the snapshot begins

  await raiseHorizon(new Date(5_000));
  await at.outbox.entries.deleteMany({});
  const seen = await look(at.outbox, [entry.id], session);

  expect(seen.known.has(entry.id)).toBe(true);
  expect((await append(entry).catch((error: unknown) => error)) instanceof IdExpired).toBe(true);
});

test("of appends with one id that run at once, exactly one writes; the others return its receipt", async () => {
  const entry = prepared(newEntryId(), "o1");

  const outcomes = await Promise.all(Array.from({ length: 12 }, () => append(entry)));

  expect(outcomes.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(outcomes.map(({ receipt }) => receipt.entryId))).toEqual(new Set([entry.id]));
  expect(await count()).toEqual({ orders: 1, entries: 1 });
});

test("of appends with one id and different content that run at once, one wins, none is mixed", async () => {
  const id = newEntryId();
  const orders = ["o1", "o2", "o3", "o4"];

  const ended = await Promise.allSettled(
    orders.map((order) => append(prepared(id, order), insert(order))),
  );

  expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const each of ended) {
    if (each.status === "rejected") expect(each.reason).toBeInstanceOf(IdReused);
  }
  const winner = orders[ended.findIndex(({ status }) => status === "fulfilled")]!;
  expect(await at.orders.find().toArray()).toEqual([{ _id: winner }]);
});

/** Runs `other` once, in the midst of the transaction, before `write`. */
function overtakenBy(other: () => Promise<unknown>, write: Write): Write {
  let calls = 0;
  return async (session: ClientSession) => {
    if (++calls === 1) await other();
    return write(session);
  };
}

test.each<[string, Write]>([
  ["its documents fail on the other's", insert("o1")],
  ["its match count fails", () => Promise.reject(new Error("expected 1 match, found 0"))],
  ["its entry fails on the other's", insert("o2")],
])(
  "an append that another with its id overtakes returns the other's receipt: %s",
  async (_, write) => {
    const entry = prepared(newEntryId(), "o1");

    const second = await append(
      entry,
      overtakenBy(() => append(entry), write),
    );

    expect(second).toMatchObject({ replayed: true, receipt: { entryId: entry.id } });
    expect(await at.orders.find().toArray()).toEqual([{ _id: "o1" }]);
    expect(await at.outbox.entries.countDocuments()).toBe(1);
  },
);

test("an append that another with its id and other content overtakes is refused", async () => {
  const id = newEntryId();
  const other = () => append(prepared(id, "other"), insert("o1"));
  const failing = () => Promise.reject(new Error("expected 1 match, found 0"));

  await expect(append(prepared(id, "o1"), overtakenBy(other, failing))).rejects.toThrow(IdReused);
});

test("a failure of its own, with nobody else about, is reported as it is", async () => {
  await at.orders.insertOne({ _id: "o1" });

  await expect(append(prepared(newEntryId(), "o1"))).rejects.toMatchObject({ code: 11_000 });

  expect(await count()).toEqual({ orders: 1, entries: 0 });
});

test("an id made here that is taken after all is an error, and does not go round in circles", async () => {
  const entry = prepared(newEntryId(), "o1");
  await append(entry);
  let writes = 0;
  const made: Append = {
    ...appendOf(entry, async () => writes++),
    idGiven: false,
  };

  await expect(commitAppend(at.outbox, made)).rejects.toMatchObject({ code: 11_000 });

  expect(writes).toBe(1);
});

test("a conflict that outlasts the time is given up, with nothing written", async () => {
  await at.orders.insertOne({ _id: "o1", n: 0 });
  await using holder = at.client.startSession();
  holder.startTransaction();
  await at.orders.updateOne({ _id: "o1" }, { $inc: { n: 1 } }, { session: holder });

  const entry = prepared(newEntryId(), "o1");
  const write = (session: ClientSession) =>
    at.orders.updateOne({ _id: "o1" }, { $inc: { n: 1 } }, { session });
  const outcome = commitAppend(at.outbox, appendOf(entry, write), { timeoutMs: 300 });

  await expect(outcome).rejects.toThrow(TransactionGaveUp);
  await expect(outcome).rejects.toMatchObject({ reason: "conflict", entryId: entry.id });
  await holder.abortTransaction();
  expect(await at.orders.findOne()).toEqual({ _id: "o1", n: 0 });
  expect(await at.outbox.entries.countDocuments()).toBe(0);
});

test("a conflict is what is told, also when the time is up in the midst of an attempt", async () => {
  await at.orders.insertOne({ _id: "o1", n: 0 });
  await using holder = at.client.startSession();
  holder.startTransaction();
  await at.orders.updateOne({ _id: "o1" }, { $inc: { n: 1 } }, { session: holder });
  const end = Promise.withResolvers<void>();

  let attempts = 0;
  const write = async (session: ClientSession) => {
    if (++attempts === 2) await end.promise;
    return at.orders.updateOne({ _id: "o1" }, { $inc: { n: 1 } }, { session });
  };
  const entry = prepared(newEntryId(), "o1");
  const outcome = commitAppend(at.outbox, appendOf(entry, write), { timeoutMs: 500 });

  await expect(outcome).rejects.toMatchObject({ reason: "conflict", attempts: 2 });
  end.resolve();
  await holder.abortTransaction();
  expect(await at.outbox.entries.countDocuments()).toBe(0);
});

test("a conflict that passes is waited for", async () => {
  await at.orders.insertOne({ _id: "o1", n: 0 });
  await using holder = at.client.startSession();
  holder.startTransaction();
  await at.orders.updateOne({ _id: "o1" }, { $inc: { n: 1 } }, { session: holder });

  let attempts = 0;
  await append(prepared(newEntryId(), "o1"), async (session) => {
    if (++attempts === 3) await holder.commitTransaction();
    return at.orders.updateOne({ _id: "o1" }, { $inc: { n: 1 } }, { session });
  });

  expect(attempts).toBeGreaterThanOrEqual(3);
  expect(await at.orders.findOne()).toEqual({ _id: "o1", n: 2 });
  expect(await at.outbox.entries.countDocuments()).toBe(1);
});

test("work that outlasts the time is given up, and writes nothing when it wakes", async () => {
  const wake = Promise.withResolvers<void>();
  const woke = Promise.withResolvers<void>();
  const write = async (session: ClientSession) => {
    await wake.promise;
    await insert("o1")(session);
    woke.resolve();
  };
  const entry = prepared(newEntryId(), "o1");

  const outcome = commitAppend(at.outbox, appendOf(entry, write), { timeoutMs: 50 });
  await expect(outcome).rejects.toMatchObject({ reason: "deadline", attempts: 1 });

  wake.resolve();
  await woke.promise;
  await at.orders.insertOne({ _id: "o1" }); // waits for nobody: the late transaction is aborted
  expect(await at.outbox.entries.countDocuments()).toBe(0);
});

test("a caller who cancels gets no commit", async () => {
  const cancel = new AbortController();
  const write = (session: ClientSession) => {
    cancel.abort();
    return insert("o1")(session);
  };

  const outcome = commitAppend(at.outbox, appendOf(prepared(newEntryId(), "o1"), write), {
    signal: cancel.signal,
  });

  await expect(outcome).rejects.toMatchObject({ reason: "cancelled" });
  expect(await at.outbox.entries.countDocuments()).toBe(0);
});
