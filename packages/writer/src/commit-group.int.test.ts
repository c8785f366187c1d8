import { entryIdFor, newEntryId } from "@outgraph/events";
import { compareAt, storedEntry } from "@outgraph/outbox";
import type { ClientSession, Document } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { commitAppend } from "./commit-append.ts";
import { commitGroup, type GroupOptions } from "./commit-group.ts";
import { IdExpired, IdReused, OutcomeUnknown, TransactionGaveUp } from "./errors.ts";
import { appendOf, prepared, type UnderTest, underTest } from "./test/under-test.ts";
import type { Append, AppendResult, Written } from "./write-appends.ts";

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

function together(
  by: UnderTest,
  appends: readonly Append[],
  options: GroupOptions = {},
): Promise<AppendResult[]> {
  const write = async (session: ClientSession, fresh: readonly Append[]): Promise<Written[]> => {
    const written = [];
    for (const append of fresh) written.push(await append.write(session));
    return written;
  };
  return commitGroup(by.outbox, appends, write, options);
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
    "aggregate outbox_meta",
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

test("a group that is repeated whole is known whole, also where one answer does not hold it", async () => {
  const appends = Array.from({ length: 250 }, (_, i) => order(newEntryId(), `o${i}`));
  await together(at, appends);

  const repeated = await together(at, appends);

  expect(repeated.map((result) => "receipt" in result && result.receipt.entryId)).toEqual(
    appends.map(({ id }) => id),
  );
  expect(repeated.every((result) => "replayed" in result && result.replayed)).toBe(true);
  expect(await at.outbox.entries.countDocuments()).toBe(250);
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

const NOT_COMMITTED = { errorCode: 112, errorLabels: ["TransientTransactionError"] };
const UNDECIDED = { errorCode: 290, errorLabels: [] };

async function failingTogether(data: Document): Promise<{ failed: unknown; appends: Append[] }> {
  const failing = await at.through(inject("mongodbUri"), { appName: "failing" });
  await using _ = await at.failing({ failCommands: ["commitTransaction"], ...data }, "alwaysOn");
  const sessions: ClientSession["id"][] = [];
  const appends = ["o1", "o2"].map((name) => {
    const of = order(newEntryId(), name, failing);
    return {
      ...of,
      write: (session: ClientSession) => {
        sessions.push(session.id);
        return of.write(session);
      },
    };
  });
  const failed = await together(failing, appends, { timeoutMs: 300 }).catch((error) => error);
  // What the server got no end of it would keep for a minute.
  await at.client.db("admin").command({ killSessions: sessions });
  await failing.end();
  return { failed, appends: appends.map(({ id }, i) => order(id, `o${i + 1}`)) };
}

test("a group that failed is not run again by itself: each of its appends is", async () => {
  const { failed, appends } = await failingTogether(NOT_COMMITTED);
  expect(failed).toBeInstanceOf(TransactionGaveUp);
  expect(failed).toMatchObject({ reason: "conflict", attempts: 1 });

  const outcomes = await Promise.all(appends.map((append) => commitAppend(at.outbox, append)));

  expect(outcomes).toMatchObject([{ replayed: false }, { replayed: false }]);
});

test("appends of a group that stayed undecided are written once, be it now", async () => {
  const { failed, appends } = await failingTogether(UNDECIDED);
  expect(failed).toBeInstanceOf(OutcomeUnknown);

  const outcomes = await Promise.all(
    appends.map((append) => commitAppend(at.outbox, { ...append, undecided: true })),
  );

  expect(outcomes).toMatchObject([{ replayed: false }, { replayed: false }]);
  expect(await at.orders.countDocuments()).toBe(2);
  expect(await at.outbox.entries.countDocuments()).toBe(2);
});

test("what an undecided group had committed is its appends' own outcome", async () => {
  const appends = ["o1", "o2"].map((name) => order(newEntryId(), name));
  await together(at, appends);

  const outcomes = await Promise.all(
    // An id made here is looked for too, now that it may be there.
    appends.map((of) => commitAppend(at.outbox, { ...of, idGiven: false, undecided: true })),
  );

  expect(outcomes).toMatchObject([{ replayed: false }, { replayed: false }]);
  expect(await at.outbox.entries.countDocuments()).toBe(2);
});

test.each([
  ["from outside", true],
  ["made here", false],
])(
  "no failure is final while an earlier commit may be on its way: an id %s",
  async (_, idGiven) => {
    await at.orders.insertOne({ _id: "taken" });
    const append = { ...order(newEntryId(), "taken"), idGiven, undecided: true };

    await expect(commitAppend(at.outbox, append)).rejects.toThrow(OutcomeUnknown);
  },
);
