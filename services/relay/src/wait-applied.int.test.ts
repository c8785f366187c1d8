import { fileURLToPath } from "node:url";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { accumulate, EntryState, node, OutboxService } from "@outgraph/events";
import { startProcess, waitUntil } from "@outgraph/stack";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { entryOf } from "./test/entries.ts";
import { emptyGraph, query } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { relayProcess } from "./test/relay-process.ts";

/** The append service as it is run: by its file, since no service imports another. */
const APPEND = fileURLToPath(new URL("../../append/src/main.ts", import.meta.url));

let outbox: RealOutbox;
beforeEach(async () => {
  await emptyGraph();
  outbox = await RealOutbox.make();
});
afterEach(() => outbox[Symbol.asyncDispose]());

test("whoever waits for entries learns that they were parked, blocked, skipped and applied", async () => {
  await using append = await startProcess({
    name: "append",
    command: process.execPath,
    args: [APPEND],
    env: {
      OUTGRAPH_MONGODB_URI: inject("mongodbUri"),
      OUTGRAPH_DATABASE: outbox.database,
      OUTGRAPH_LISTEN: "127.0.0.1:0",
    },
    ready: /"msg":"listening"/,
  });
  const baseUrl = /"url":"([^"]+)"/.exec(append.logTail())?.[1] ?? "";
  const transport = createConnectTransport({ baseUrl, httpVersion: "1.1" });
  const { waitApplied } = createClient(OutboxService, transport);
  const wait = async (ids: string[]) => {
    const { entries, bookmarks } = await waitApplied({ ids, timeout: { seconds: 60n } });
    return { states: entries.map(({ state }) => state), entries, bookmarks };
  };

  // Given an entry that cannot be applied and one behind it, and somebody who waits for both.
  await query("CREATE (:Thing {name: 'text', n: 'a text'})");
  const add = () => entryOf([accumulate(node("Thing", { name: "text" }), { add: { n: 1n } })]);
  const [bad, behind] = [await outbox.append(add()), await outbox.append(add())];
  const waiting = wait([bad, behind]);
  await using relay = await relayProcess(outbox.database, { OUTGRAPH_LEASE_TTL_MS: "10000" });

  const told = await waiting;
  expect(told.states).toEqual([EntryState.PARKED, EntryState.BLOCKED]);
  expect(told.entries[0]?.reason).toContain("it is no number");
  expect((await wait([behind, bad])).states).toEqual([EntryState.BLOCKED, EntryState.PARKED]);

  await query("MATCH (n:Thing {name: 'text'}) SET n.n = 1");
  await relay.service.skipParked({ id: bad, reason: "came twice" });
  const after = await waitUntil(
    async () => {
      const now = await wait([bad, behind]);
      return now.states[1] === EntryState.APPLIED ? now : undefined;
    },
    { what: "what was behind it is applied", timeoutMs: 30_000 },
  );
  expect(after.states).toEqual([EntryState.SKIPPED, EntryState.APPLIED]);
  expect(after.entries[0]?.reason).toContain("came twice");
  expect(after.bookmarks).toHaveLength(1);
  expect(await query("MATCH (n:Thing {name: 'text'}) RETURN n.n AS n")).toEqual([{ n: 2n }]);
});
