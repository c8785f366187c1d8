import { fileURLToPath } from "node:url";
import type { EntryId } from "@outgraph/events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acked, canaries } from "./test/canaries.ts";
import { canary } from "./test/entries.ts";
import { emptyGraph } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { isActive, relayProcess } from "./test/relay-process.ts";

const CRASHING = fileURLToPath(new URL("./test/crashing-relay.ts", import.meta.url));
const QUICK = { OUTGRAPH_LEASE_TTL_MS: "1000" };

let outbox: RealOutbox;
beforeEach(async () => {
  await emptyGraph();
  outbox = await RealOutbox.make();
});
afterEach(() => outbox[Symbol.asyncDispose]());

test("a SIGKILL at any point loses nothing, applies nothing twice, and keeps the order", async () => {
  // Given one writer, so that history has one order.
  const written: EntryId[] = [];
  const write = async (entries: number): Promise<void> => {
    for (let i = 0; i < entries; i++) written.push(await outbox.append(canary()));
  };
  await using relay = await relayProcess(outbox.database, QUICK);
  await relay.until("it carries", isActive);

  // When the relay is killed again and again while it carries, each time a little later.
  for (let kill = 1; kill <= 5; kill++) {
    const before = written.length;
    const writing = write(40);
    await acked(outbox, before + 4 * kill);
    await relay.process.kill();
    await writing;
    await relay.process.restart();
    await acked(outbox, written.length);
  }

  // Then everything is there once, in the order in which it was written.
  const ids = await acked(outbox, written.length);
  const seen = await canaries();
  expect(seen.count).toBe(written.length);
  expect(seen.ids).toEqual(written);
  expect(ids).toEqual(written);
});

test.each([
  "after takeLease",
  "after fence",
  "before commit",
  "during commit",
  "after commit",
  "during writeAcks",
  "after writeAcks",
])("a SIGKILL %s loses nothing and applies nothing twice", async (moment) => {
  const written: EntryId[] = [];
  for (let i = 0; i < 5; i++) written.push(await outbox.append(canary()));
  const env = { ...QUICK, OUTGRAPH_TEST_CRASH: moment, OUTGRAPH_BATCH_ROWS_MAX: "2" };
  await using crashing = await relayProcess(outbox.database, env, CRASHING).catch(() => undefined);
  // It may be gone before it was seen to listen.
  if (crashing !== undefined) expect((await crashing.process.exited).signal).toBe("SIGKILL");
  written.push(await outbox.append(canary()));

  await using _relay = await relayProcess(outbox.database, QUICK);
  const ids = await acked(outbox, written.length);

  expect((await canaries()).ids).toEqual(written);
  expect(ids).toEqual(written);
});
