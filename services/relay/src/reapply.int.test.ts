import { fileURLToPath } from "node:url";
import type { EntryId } from "@outgraph/events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acked, canaries } from "./test/canaries.ts";
import { canary } from "./test/entries.ts";
import { emptyGraph } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { relayProcess } from "./test/relay-process.ts";

const CRASHING = fileURLToPath(new URL("./test/crashing-relay.ts", import.meta.url));
const ENV = { OUTGRAPH_LEASE_TTL_MS: "1000", OUTGRAPH_BATCH_ROWS_MAX: "1" };

let outbox: RealOutbox;
beforeEach(async () => {
  await emptyGraph();
  outbox = await RealOutbox.make();
});
afterEach(() => outbox[Symbol.asyncDispose]());

test("a relay that is killed again and again while it brings an emptied graph up, has it up in the end", async () => {
  // Given a graph that lost twelve batches, while one more entry waits.
  const written: EntryId[] = [];
  {
    await using relay = await relayProcess(outbox.database, ENV);
    for (let i = 0; i < 12; i++) written.push(await outbox.append(canary()));
    await acked(outbox, 12);
    await relay.process.stop();
  }
  await emptyGraph();
  written.push(await outbox.append(canary()));

  // When one relay after another is killed as it goes.
  for (const moment of ["after sayReapplying", "during commit", "after commit"]) {
    const env = { ...ENV, OUTGRAPH_TEST_CRASH: moment };
    await using crashing = await relayProcess(outbox.database, env, CRASHING).catch(
      () => undefined,
    );
    // It may be gone before it was seen to listen.
    if (crashing !== undefined) expect((await crashing.process.exited).signal).toBe("SIGKILL");
  }
  const between = (await canaries()).ids;

  // Then each went on where the one before was, and the last does the rest.
  expect(between).toEqual(written.slice(0, between.length));
  expect(between.length).toBeLessThan(12);
  await using relay = await relayProcess(outbox.database, ENV);
  await acked(outbox, 13);
  expect(await canaries()).toEqual({ ids: written, count: 13 });
  expect(relay.log().filter(({ msg }) => msg === "reapply.done")).toMatchObject([{ batch: 12 }]);
}, 180_000);
