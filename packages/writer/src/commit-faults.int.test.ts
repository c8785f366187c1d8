import { newEntryId } from "@outgraph/events";
import { startProxy } from "@outgraph/stack";
import type { ClientSession, Document } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { commitAppend } from "./commit-append.ts";
import { OutcomeUnknown, TransactionGaveUp } from "./errors.ts";
import { appendOf, prepared, type UnderTest, underTest } from "./test/under-test.ts";
import { runTransaction } from "./transaction.ts";

// Each of these runs on a counter, so that an append that takes effect twice shows.

let at: UnderTest;
let failing: UnderTest;
const sessions: ClientSession["id"][] = [];

beforeAll(async () => {
  at = await underTest(inject("mongodbUri"));
  failing = await at.through(inject("mongodbUri"), { appName: "failing" });
});

beforeEach(async () => {
  await at.clear();
  await at.orders.insertOne({ _id: "o1", n: 0 });
});

afterAll(async () => {
  // The server keeps the locks of a transaction that it got no end of for a minute.
  await at.client.db("admin").command({ killSessions: sessions });
  await failing.end();
  await at.end();
});

/** Counts up, through the client of `by`; tells how often it ran. */
function counting(by: UnderTest, id: string = newEntryId()) {
  const entry = prepared(id, "o1");
  const seen = { attempts: 0 };
  const append = appendOf(entry, async (session) => {
    seen.attempts++;
    sessions.push(session.id);
    await by.orders.updateOne({ _id: "o1" }, { $inc: { n: 1 } }, { session });
  });
  return { append, seen, entry };
}

async function expectTakenOnce(id: string): Promise<void> {
  expect(await at.orders.findOne({ _id: "o1" })).toEqual({ _id: "o1", n: 1 });
  const entries = await at.outbox.entries.find().toArray();
  expect(entries.map(({ _id }) => _id.toString())).toEqual([id]);
}

const TRANSIENT = ["TransientTransactionError"];
const UNKNOWN = ["UnknownTransactionCommitResult"];

test.each<[string, Document, { readonly times: number }]>([
  ["the connection breaks once", { closeConnection: true }, { times: 1 }],
  ["the connection breaks again and again", { closeConnection: true }, { times: 5 }],
  ["it took too long, and nobody says what became of it", { errorCode: 290 }, { times: 2 }],
  ["it was interrupted", { errorCode: 11_601 }, { times: 1 }],
  [
    "the primary steps down",
    { errorCode: 10_107, errorLabels: ["RetryableWriteError"] },
    { times: 3 },
  ],
  ["no majority was there in time", { writeConcernError: { code: 64, errmsg: "-" } }, { times: 2 }],
  [
    "the primary shut down while a majority was waited for",
    { writeConcernError: { code: 91, errmsg: "-" }, errorLabels: UNKNOWN },
    { times: 2 },
  ],
  ["it ran out of its time", { errorCode: 50, errorLabels: UNKNOWN }, { times: 1 }],
  [
    "there is no such transaction, and no label says why",
    { errorCode: 251, errorLabels: [] },
    { times: 1 },
  ],
])("an append takes effect once when, at its commit, %s", async (_, data, mode) => {
  const { append, seen, entry } = counting(failing);
  await using _failing = await at.failing({ failCommands: ["commitTransaction"], ...data }, mode);

  const outcome = await commitAppend(failing.outbox, append);

  expect(outcome).toMatchObject({ replayed: false, receipt: { entryId: entry.id } });
  expect(seen.attempts).toBe(1); // it is the commit that is repeated, not the work
  await expectTakenOnce(entry.id);
});

test.each([
  ["was aborted", 251],
  ["conflicted", 112],
])("an append whose transaction %s is run again, and takes effect once", async (_, errorCode) => {
  const { append, seen, entry } = counting(failing);
  const data = { failCommands: ["commitTransaction"], errorCode, errorLabels: TRANSIENT };
  await using _failing = await at.failing(data, { times: 2 });

  const outcome = await commitAppend(failing.outbox, append);

  expect(outcome.replayed).toBe(false);
  expect(seen.attempts).toBe(3);
  await expectTakenOnce(entry.id);
});

test.each([
  ["the entry", "insert"],
  ["the documents", "update"],
  ["the look", "aggregate"],
])("an append that fails at %s is run again, and takes effect once", async (_, command) => {
  const { append, seen, entry } = counting(failing);
  const data = { failCommands: [command], errorCode: 112, errorLabels: TRANSIENT };
  await using _failing = await at.failing(data, { times: 2 });

  await commitAppend(failing.outbox, append);

  expect(seen.attempts).toBe(command === "aggregate" ? 1 : 3);
  await expectTakenOnce(entry.id);
});

test("an id made here is looked for once an attempt has failed, and takes effect once", async () => {
  const { append, entry } = counting(failing);
  const data = { failCommands: ["commitTransaction"], errorCode: 251, errorLabels: TRANSIENT };
  await using _failing = await at.failing(data, { times: 1 });

  const outcome = await commitAppend(failing.outbox, { ...append, idGiven: false });

  expect(outcome.replayed).toBe(false);
  await expectTakenOnce(entry.id);
});

test("a commit that stays undecided is never called a failure; a repeat decides it", async () => {
  const { append, entry } = counting(failing);
  const data = { failCommands: ["commitTransaction"], closeConnection: true };
  await using _failing = await at.failing(data, "alwaysOn"); // to the end: else the last commit may yet arrive
  const outcome = commitAppend(failing.outbox, append, { timeoutMs: 200 });
  await expect(outcome).rejects.toThrow(OutcomeUnknown);
  await expect(outcome).rejects.toMatchObject({ entryId: entry.id });

  expect(await commitAppend(at.outbox, counting(at, entry.id).append)).toMatchObject({
    replayed: false,
  });
  await expectTakenOnce(entry.id);
});

test("a transaction whose abort is lost does not keep others from its documents for a minute", async () => {
  const data = { failCommands: ["insert", "abortTransaction"], closeConnection: true };
  await using _failing = await at.failing(data, { times: 3 }); // the driver sends an abort twice
  const outcome = runTransaction(
    failing.client,
    async (session) => {
      await failing.orders.updateOne({ _id: "o1" }, { $inc: { n: 1 } }, { session });
      await failing.orders.insertOne({ _id: "o2" }, { session });
    },
    { again: () => false },
  );
  await expect(outcome).rejects.toThrow(TransactionGaveUp);

  await at.orders.updateOne({ _id: "o1" }, { $inc: { n: 10 } }, { maxTimeMS: 10_000 });

  expect(await at.orders.find().toArray()).toEqual([{ _id: "o1", n: 10 }]);
});

/** The tests' server, through a wire that may break. */
async function throughWire() {
  const hello = await at.client.db("admin").command({ hello: 1 });
  const proxy = await startProxy({ target: hello["primary"] });
  const uri = `mongodb://${proxy.address}/?directConnection=true&serverSelectionTimeoutMS=300`;
  const wired = await at.through(uri, { heartbeatFrequencyMS: 500 });
  return { proxy, wired };
}

const isCommit = (bytes: Buffer) => bytes.includes("commitTransaction");

test("a commit whose reply is lost takes effect once", async () => {
  const { proxy, wired } = await throughWire();
  await using _proxy = proxy;
  const { append, seen, entry } = counting(wired);
  const dropped = proxy.dropReplyAfter(isCommit);

  const outcome = await commitAppend(wired.outbox, append);
  await dropped;

  expect(outcome.replayed).toBe(false);
  expect(seen.attempts).toBe(1);
  await expectTakenOnce(entry.id);
  await wired.end();
});

test("a commit whose reply is lost with all of the network is found by a repeat", async () => {
  const { proxy, wired } = await throughWire();
  await using _proxy = proxy;
  const { append, entry } = counting(wired);
  const lost = proxy.dropReplyAfter(isCommit).then(() => proxy.cut());

  const outcome = commitAppend(wired.outbox, append, { timeoutMs: 1_000 });
  await expect(outcome).rejects.toThrow(OutcomeUnknown);
  await lost;
  await proxy.heal();

  expect(await commitAppend(wired.outbox, counting(wired, entry.id).append)).toMatchObject({
    replayed: true,
    receipt: { entryId: entry.id, documents: [{ inserted: 1n }] },
  });
  await expectTakenOnce(entry.id);
  await wired.end();
});

test("a database that is away is given up as unavailable, with nothing written", async () => {
  const { proxy, wired } = await throughWire();
  await using _proxy = proxy;
  proxy.cut();

  const outcome = commitAppend(wired.outbox, counting(wired).append, { timeoutMs: 700 });

  await expect(outcome).rejects.toThrow(TransactionGaveUp);
  expect(await at.outbox.entries.countDocuments()).toBe(0);
  await wired.end();
});

test("a final error is not claimed when nobody can look whether an earlier call succeeded", async () => {
  const { proxy, wired } = await throughWire();
  await using _proxy = proxy;
  const { entry } = counting(wired);
  const failed = appendOf(entry, (session) => {
    sessions.push(session.id);
    proxy.cut();
    return Promise.reject(new Error("expected 1 match, found 0"));
  });

  const outcome = commitAppend(wired.outbox, failed, { timeoutMs: 5_000 });

  await expect(outcome).rejects.toThrow(OutcomeUnknown);
  await expect(outcome).rejects.toThrow("expected 1 match, found 0");
  await wired.end();
});
