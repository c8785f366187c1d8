import { newEntryId } from "@outgraph/events";
import { batchAckDocument, entryIdOf, rangeOf } from "@outgraph/outbox";
import { waitUntil } from "@outgraph/stack";
import { expect, test } from "vitest";
import { mongoAppendStore } from "./adapters/mongo/append-store.ts";
import { MongoEntryStates } from "./adapters/mongo/entry-states.ts";
import { type CheckedAppend, checkAppend } from "./check-append.ts";
import { GROUP_RULES } from "./test/group-rules.ts";
import { ownDatabase } from "./test/mongo-database.ts";
import { request } from "./test/requests.ts";
import { WaitBoard } from "./wait-board.ts";

const WAITS = 5_000;

test("five thousand waits on one change stream all end with their batch, and its bookmark", async () => {
  await using own = await ownDatabase();
  const limit = { timeoutMs: 60_000, signal: new AbortController().signal };
  const store = mongoAppendStore(own.mongo, own.access, GROUP_RULES);
  const appends = Array.from({ length: 500 }, () =>
    checkAppend(request([], newEntryId()), { database: own.db.databaseName }),
  );
  await store.commit(appends as CheckedAppend[], limit);
  const streams: string[] = [];
  const states = new MongoEntryStates(() => own.access.required);
  let reads = 0;
  const read = new Set<string>();
  const counted = {
    find: states.find.bind(states),
    watch: states.watch.bind(states),
    progress: (ids: Parameters<typeof states.progress>[0]) => {
      reads += 1;
      for (const id of ids) read.add(id);
      return states.progress(ids);
    },
  };
  const board = new WaitBoard(counted, WAITS, {
    opened: () => streams.push("opened"),
    lost: (error) => streams.push(String(error)),
    open: () => undefined,
  });
  const { acks, entries } = own.access.required;
  const stored = await entries.find().sort({ at: 1 }).toArray();

  const idsOf = (i: number) =>
    [0, 1].map((step) => entryIdOf(stored[(i + step) % stored.length]!._id));
  let ended = 0;
  const waits = Array.from({ length: WAITS }, async (_, i) => {
    const waited = await board.wait(idsOf(i), limit);
    ended += 1;
    return waited;
  });
  await waitUntil(async () => read.size === stored.length, {
    what: "all states are being read",
    timeoutMs: 30_000,
  });
  expect(await board.wait([newEntryId()], limit)).toEqual({ kind: "waits_full", max: WAITS });
  expect(ended).toBe(0);
  for (const [batch, part] of [stored.slice(0, 200), stored.slice(200)].entries()) {
    await acks.insertOne(
      batchAckDocument({
        lane: 0,
        batch: BigInt(batch + 1),
        epoch: 1n,
        entries: part.map(({ _id }) => entryIdOf(_id)),
        at: rangeOf(part.map(({ at }) => at)),
        bookmark: `bookmark-${batch + 1}`,
        ackedAt: new Date(),
      }),
    );
  }

  for (const [i, waited] of (await Promise.all(waits)).entries()) {
    if ("kind" in waited) throw new Error(waited.kind);
    const bookmarks = idsOf(i).map((id) => {
      const known = waited.get(id);
      return known?.state === "applied" && known.bookmark;
    });
    const batchOf = (at: number): number => (at % stored.length < 200 ? 1 : 2);
    expect(bookmarks).toEqual([`bookmark-${batchOf(i)}`, `bookmark-${batchOf(i + 1)}`]);
  }
  expect(streams).toEqual(["opened"]);
  expect(reads).toBeLessThan(100);
  expect(board.open).toBe(0);
  await board.stop();
});
