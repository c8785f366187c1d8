import { type EntryId, entryIdFor, newEntryId } from "@outgraph/events";
import { batchAckDocument, META_ID, rangeOf, skipDocument, uuidOf } from "@outgraph/outbox";
import type { Timestamp } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { placed, type UnderTest, underTest } from "./test/under-test.ts";
import { OutboxWriter } from "./writer.ts";

let at: UnderTest;
let writer: OutboxWriter;
let batch = 0n;

beforeAll(async () => {
  at = await underTest(inject("mongodbUri"));
  writer = new OutboxWriter(at.outbox, { source: "shop" });
});

beforeEach(async () => {
  await at.clear();
  await at.outbox.acks.deleteMany({});
  await at.outbox.parked.deleteMany({});
  await at.outbox.meta.deleteOne({ _id: META_ID.reapplying });
});

afterAll(() => at.end());

async function stored(id: EntryId = newEntryId()): Promise<EntryId> {
  await writer.transact({ id, events: [placed("o1")] }, async () => undefined);
  return id;
}

async function placeOf(id: EntryId): Promise<Timestamp> {
  return (await at.outbox.entries.findOne({ _id: uuidOf(id) }))!.at;
}

/** Acks as the relay does. */
async function apply(bookmark: string, ...entries: EntryId[]): Promise<Date> {
  const ackedAt = new Date();
  const range = rangeOf(await Promise.all(entries.map(placeOf)));
  batch += 1n;
  await at.outbox.acks.insertOne(
    batchAckDocument({ lane: 0, batch, epoch: 1n, entries, at: range, bookmark, ackedAt }),
  );
  return ackedAt;
}

async function wait(id: EntryId, more: { error: string } | { behind: EntryId }): Promise<void> {
  const rest = { _id: uuidOf(id), at: await placeOf(id), attempts: 1, since: new Date() };
  await at.outbox.parked.insertOne(
    "error" in more
      ? { ...rest, kind: "parked", error: more.error, conflicts: [] }
      : { ...rest, kind: "blocked", conflicts: [uuidOf(more.behind)] },
  );
}

test("a wait tells each entry's state, and gives the bookmarks of what is applied", async () => {
  const [one, two, parked, blocked] = [
    await stored(),
    await stored(),
    await stored(),
    await stored(),
  ];
  const [skipped, late, unparked, pending] = [
    await stored(),
    await stored(),
    await stored(),
    await stored(),
  ];
  const ackedAt = await apply("b1", one, two);
  const lateAt = await apply("b2", late);
  await apply("b3", unparked);
  await wait(parked, { error: "no such end" });
  await wait(unparked, { error: "retried since" });
  await wait(blocked, { behind: parked });
  const place = await placeOf(skipped);
  const decision = { reason: "wrong", by: "ann", skippedAt: ackedAt };
  await at.outbox.acks.insertOne(skipDocument({ entry: skipped, at: place, ...decision }));
  const purged = entryIdFor(new Date("2020-01-01"), "old");
  await at.outbox.meta.updateOne(
    { _id: META_ID.purge },
    { $set: { horizon: new Date("2021-01-01") } },
  );

  const asked = [pending, one, parked, blocked, skipped, late, unparked, purged, two];
  const { entries, bookmarks } = await writer.waitApplied(asked, { timeoutMs: 0 });

  expect(entries).toEqual([
    { id: pending, state: "pending" },
    { id: one, state: "applied", ackedAt },
    { id: parked, state: "parked", reason: "no such end" },
    { id: blocked, state: "blocked", reason: `waits behind ${parked}` },
    { id: skipped, state: "skipped", reason: "wrong", ackedAt },
    { id: late, state: "applied", ackedAt: lateAt },
    { id: unparked, state: "applied", ackedAt: expect.any(Date) }, // an ack wins
    { id: purged, state: "not_found" },
    { id: two, state: "applied", ackedAt },
  ]);
  expect(bookmarks.toSorted()).toEqual(["b1", "b2", "b3"]);
});

test("parked, blocked and skipped end a wait at once", async () => {
  const [parked, blocked] = [await stored(), await stored()];
  await wait(parked, { error: "no such end" });
  await wait(blocked, { behind: parked });

  const { entries } = await writer.waitApplied([parked, blocked], { timeoutMs: 3_600_000 });

  expect(entries.map(({ state }) => state)).toEqual(["parked", "blocked"]);
});

test("a wait ends when the last entry is decided, also one that was not there at first", async () => {
  const [first, unseen] = [await stored(), newEntryId()];
  let ended = false;
  const wait = writer.waitApplied([first, unseen], { timeoutMs: 60_000 }).finally(() => {
    ended = true;
  });

  await apply("b1", first);
  await stored(unseen);
  expect(ended).toBe(false);
  await apply("b2", unseen);

  expect((await wait).entries.map(({ state }) => state)).toEqual(["applied", "applied"]);
});

test("an ack does not count until a graph that was put back has its batch again", async () => {
  const id = await stored();
  await apply("b1", id);
  const meta = { _id: META_ID.reapplying };
  await at.outbox.meta.updateOne(meta, { $set: { after: batch - 1n } } as never, { upsert: true });

  const behind = await writer.waitApplied([id], { timeoutMs: 0 });
  await at.outbox.meta.updateOne(meta, { $unset: { after: "" } } as never);
  const again = await writer.waitApplied([id], { timeoutMs: 0 });

  expect(behind).toEqual({ entries: [{ id, state: "pending" }], bookmarks: [] });
  expect(again).toMatchObject({ entries: [{ id, state: "applied" }], bookmarks: ["b1"] });
});

test("a wait ends with its time, or its signal", async () => {
  const pending = await stored();
  const control = new AbortController();
  const long = writer.waitApplied([pending], { timeoutMs: 60_000, signal: control.signal });
  const cancelled = expect(long).rejects.toThrow("enough");

  const { entries } = await writer.waitApplied([pending, newEntryId()], { timeoutMs: 30 });
  control.abort(new Error("enough"));

  expect(entries.map(({ state }) => state)).toEqual(["pending", "not_found"]);
  await cancelled;
});

test("a look that fails for what may pass is repeated, as long as there is time", async () => {
  const other = await at.through(inject("mongodbUri"), { appName: "failing", retryReads: false });
  const failing = new OutboxWriter(other.outbox, { source: "shop" });
  const id = await stored();
  await apply("b1", id);
  const data = { failCommands: ["find"], errorCode: 91, errorLabels: ["RetryableError"] };
  try {
    await using _twice = await at.failing(data, { times: 2 });
    const { entries } = await failing.waitApplied([id], { timeoutMs: 60_000 });
    expect(entries).toMatchObject([{ state: "applied" }]);
    await using _always = await at.failing(data, "alwaysOn");
    await expect(failing.waitApplied([id], { timeoutMs: 0 })).rejects.toMatchObject({ code: 91 });
  } finally {
    await other.end();
  }
});

test("what is no id, and too many of them, is refused", async () => {
  await expect(writer.waitApplied(["o-17"])).rejects.toThrow(/"o-17" is no entry id/);
  await expect(writer.waitApplied(Array(1_001).fill(newEntryId()))).rejects.toThrow(/at most 1000/);
  await expect(writer.waitApplied([], { timeoutMs: -1 })).rejects.toThrow(/timeoutMs must be/);
});
