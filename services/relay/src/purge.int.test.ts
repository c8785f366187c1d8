import { fileURLToPath } from "node:url";
import { type EntryId, entryIdTime, newEntryId } from "@outgraph/events";
import { entryIdOf, META_ID, type PurgeDocument } from "@outgraph/outbox";
import { waitUntil } from "@outgraph/stack";
import { IdExpired, openWriter } from "@outgraph/writer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acked, canaries } from "./test/canaries.ts";
import { canary } from "./test/entries.ts";
import { emptyGraph, graphAdapter } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { realRelay } from "./test/real-relay.ts";
import { relayProcess } from "./test/relay-process.ts";

const CRASHING = fileURLToPath(new URL("./test/crashing-relay.ts", import.meta.url));
const SHORT = {
  OUTGRAPH_LEASE_TTL_MS: "1000",
  OUTGRAPH_BATCH_ROWS_MAX: "1",
  OUTGRAPH_TEST_RETENTION_HOURS: "0",
};

let outbox: RealOutbox;
beforeEach(async () => {
  await emptyGraph();
  outbox = await RealOutbox.make();
});
afterEach(() => outbox[Symbol.asyncDispose]());

async function stored(): Promise<EntryId[]> {
  const found = await outbox.collections.entries.find().sort({ at: 1 }).toArray();
  return found.map(({ _id }) => entryIdOf(_id));
}

async function horizonMs(): Promise<number> {
  const found = await outbox.collections.meta.findOne({ _id: META_ID.purge });
  return (found as unknown as PurgeDocument).horizon.getTime();
}

/** Waits until nothing is left but the newest eight batches, of one entry each. */
async function purged(): Promise<EntryId[]> {
  return await waitUntil(
    async () => {
      const left = await stored();
      const acks = await outbox.collections.acks.countDocuments();
      return left.length === 8 && acks === 8 ? left : undefined;
    },
    { what: "all but eight entries and acks are purged", timeoutMs: 60_000 },
  );
}

/** What a client is told that repeats an append. */
async function repeat(id: EntryId): Promise<unknown> {
  const writer = await openWriter(outbox.client.db(outbox.database), { source: "test" });
  const events = canary(id).events.map(({ type, mutations }) => ({ type, mutations }));
  return await writer.transact({ id, events }, async () => {}).catch((error: unknown) => error);
}

test.each([
  "before raisePurgeHorizon",
  "during raisePurgeHorizon",
  "after raisePurgeHorizon",
  "during purge",
  "after purge",
])("a SIGKILL %s leaves nothing that a retry could append again", async (moment) => {
  // Given entries of which four are to be purged, one of them with the id of a slow clock.
  const slow = newEntryId(Date.now() - 5 * 3_600_000);
  const written = [await outbox.append(canary(slow))];
  for (let i = 0; i < 11; i++) written.push(await outbox.append(canary()));
  const env = { ...SHORT, OUTGRAPH_TEST_CRASH: moment };

  // When the relay dies there.
  await using crashing = await relayProcess(outbox.database, env, CRASHING).catch(() => undefined);
  if (crashing !== undefined) expect((await crashing.process.exited).signal).toBe("SIGKILL");

  // Then a repeat gets its first answer, or is refused; it never counts as new.
  const left = new Set(await stored());
  for (const id of written) {
    const answer = await repeat(id);
    if (left.has(id)) expect(answer).not.toBeInstanceOf(Error);
    else expect(answer).toBeInstanceOf(IdExpired);
  }

  // And the next relay goes on where this one was.
  await using _relay = await relayProcess(outbox.database, SHORT, CRASHING);
  expect(await purged()).toEqual(written.slice(4));
  expect(await horizonMs()).toBeGreaterThanOrEqual(
    Math.max(...written.slice(0, 4).map(entryIdTime)),
  );
  for (const id of written.slice(0, 4)) expect(await repeat(id)).toBeInstanceOf(IdExpired);
  expect((await canaries()).ids).toEqual(written);
});

test("after a purge, a start and new entries are as ever", async () => {
  const graph = graphAdapter();
  const options = { batchRowsMax: 1, retentionMs: 0 };
  const written: EntryId[] = [];
  const write = async (entries: number): Promise<void> => {
    for (let i = 0; i < entries; i++) written.push(await outbox.append(canary()));
  };
  await write(14);
  {
    await using _relay = realRelay(outbox.adapter(), graph, options);
    await purged();
  }

  await write(3);
  await using _relay = realRelay(outbox.adapter(), graph, options);
  await acked(outbox, 8);
  await write(3);

  await waitUntil(async () => (await canaries()).count === 20, {
    what: "the new entries are applied",
    timeoutMs: 60_000,
  });
  await purged();
  expect((await canaries()).ids).toEqual(written);
  await graph.close();
});
