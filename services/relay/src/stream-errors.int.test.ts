import type { EntryId } from "@outgraph/events";
import { MongoClient } from "mongodb";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { acked, canaries } from "./test/canaries.ts";
import { canary } from "./test/entries.ts";
import { emptyGraph, graphAdapter } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { realRelay } from "./test/real-relay.ts";

/** How long the late transaction is open; a minute at most. The full test takes 50. */
const LATE_SECONDS = Number(process.env["OUTGRAPH_LATE_COMMIT_SECONDS"] ?? 3);

let outbox: RealOutbox;
beforeEach(async () => {
  await emptyGraph();
  outbox = await RealOutbox.make();
});
afterEach(() => outbox[Symbol.asyncDispose]());

/** Lets the next reads of a relay's stream fail; the result ends that. */
async function failing(errorCode: number): Promise<() => Promise<void>> {
  const client = new MongoClient(inject("mongodbUri"));
  const admin = client.db("admin");
  await admin.command({
    configureFailPoint: "failCommand",
    mode: { times: 1 },
    data: { failCommands: ["getMore"], errorCode, appName: "outgraph-relay" },
  });
  return async () => {
    await admin.command({ configureFailPoint: "failCommand", mode: "off" });
    await client.close();
  };
}

test.each([
  ["ChangeStreamFatalError", 280],
  ["ChangeStreamHistoryLost", 286],
  ["InvalidResumeToken", 260],
  ["CappedPositionLost", 136],
  ["an error that nobody foresaw", 8],
])("%s ends in a new start, without loss or repeat", async (_, code) => {
  const graph = graphAdapter();
  await using relay = realRelay(outbox.adapter(), graph);
  const ids: EntryId[] = [];
  const write = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) ids.push(await outbox.append(canary()));
  };
  await relay.next("walk.done");
  await write();
  await acked(outbox, ids.length);

  const ended = relay.next("term.ended");
  const heal = await failing(code);
  try {
    await write();
    expect(await ended).toMatchObject({ kind: "broken_off" });
  } finally {
    await heal();
  }
  await write();
  await acked(outbox, ids.length);

  expect(await canaries()).toEqual({ ids, count: ids.length });
  await relay.stop();
  await graph.close();
});

test.each([
  ["dropped", (real: RealOutbox) => real.collections.entries.drop()],
  ["renamed", (real: RealOutbox) => real.collections.entries.rename("elsewhere")],
])("an outbox that is %s under a relay halts it, with a message", async (what, act) => {
  const graph = graphAdapter();
  await using relay = realRelay(outbox.adapter(), graph);
  await outbox.append(canary());
  await acked(outbox, 1);

  await act(outbox);

  expect(await relay.ended).toMatchObject({
    kind: "halted",
    why: expect.stringMatching(new RegExp(`outbox was .*${what}`)),
  });
  await graph.close();
});

test(
  `a transaction of ${LATE_SECONDS} s that is open across a start is found, once and in order`,
  async () => {
    const graph = graphAdapter();
    const ids: EntryId[] = [];
    const write = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) ids.push(await outbox.append(canary()));
    };
    await write();
    const late = canary();
    const commit = await outbox.insert(late);
    const opened = performance.now();
    {
      await using first = realRelay(outbox.adapter(), graph);
      await first.next("walk.done");
      await write();
      await acked(outbox, ids.length);
    }

    await using relay = realRelay(outbox.adapter(), graph);
    await relay.next("walk.done");
    await write();
    await acked(outbox, ids.length);
    // It is open for that long, whatever else took its time.
    const rest = LATE_SECONDS * 1_000 - (performance.now() - opened);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)));
    ids.push(await commit());
    await write(); // whoever reads the late entry's documents comes after it
    await acked(outbox, ids.length);

    expect(await canaries()).toEqual({ ids, count: ids.length });
    await relay.stop();
    await graph.close();
  },
  60_000 + LATE_SECONDS * 1_000,
);
