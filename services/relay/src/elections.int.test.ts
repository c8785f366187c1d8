import type { Entry, EntryId } from "@outgraph/events";
import { startMongo, waitUntil } from "@outgraph/stack";
import { expect, test } from "vitest";
import { acked, canaries } from "./test/canaries.ts";
import { canary } from "./test/entries.ts";
import { emptyGraph, graphAdapter } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { realRelay } from "./test/real-relay.ts";

test("elections cost time, and nothing else: step-downs, and a primary that is killed", async () => {
  // Given a replica set of three, and a relay that carries.
  await emptyGraph();
  await using stack = new AsyncDisposableStack();
  const mongo = stack.use(await startMongo({ from: "process", members: 3 }));
  const outbox = stack.use(await RealOutbox.make(mongo.uri));
  const graph = graphAdapter();
  stack.defer(() => graph.close());
  stack.use(realRelay(outbox.adapter(mongo.uri), graph));
  const written: EntryId[] = [];
  const write = async (entries: number): Promise<void> => {
    for (let i = 0; i < entries; i++) written.push(await appendForSure(outbox, canary()));
  };

  await write(1);
  await acked(outbox, 1, 90_000);

  // When the set elects again and again while entries come.
  const writing = write(60);
  await mongo.stepDown();
  await writing;
  await acked(outbox, written.length, 90_000);

  const primary = await mongo.primary();
  const more = write(60);
  await primary.kill();
  await more;
  await acked(outbox, written.length, 90_000);
  await primary.restart();
  await mongo.stepDown();
  await write(20);
  await acked(outbox, written.length, 90_000);

  // Then everything is there once, and in the order of its one writer.
  expect(await canaries()).toEqual({ ids: written, count: written.length });
}, 300_000);

/** Appends, and again until it is known to be there: a writer that repeats with the same id. */
async function appendForSure(outbox: RealOutbox, entry: Entry): Promise<EntryId> {
  return await waitUntil(
    () =>
      outbox.append(entry).catch((error: { code?: number }) => {
        if (error.code === 11_000) return entry.id as EntryId; // an earlier try had succeeded
        throw error;
      }),
    { what: "the entry is appended", timeoutMs: 60_000 },
  );
}
