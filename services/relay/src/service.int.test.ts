import { accumulate, node, RelayRole } from "@outgraph/events";
import { startProxy, waitUntil } from "@outgraph/stack";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { acked, canaries } from "./test/canaries.ts";
import { canary, entryOf } from "./test/entries.ts";
import { emptyGraph, query } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { isActive, relayProcess } from "./test/relay-process.ts";

let outbox: RealOutbox;
beforeEach(async () => {
  await emptyGraph();
  outbox = await RealOutbox.make();
});
afterEach(() => outbox[Symbol.asyncDispose]());

test("status, probes and metrics tell what was carried", async () => {
  await using relay = await relayProcess(outbox.database);
  await relay.until("it carries", isActive);
  for (let i = 0; i < 3; i++) await outbox.append(canary());
  await acked(outbox, 3);

  const status = await relay.until(
    "all is said",
    (now) => now.entriesApplied === 3n && now.lagKnown,
  );
  expect(status).toMatchObject({ epoch: 1n, lag: { seconds: 0n }, backlog: { entries: 0n } });
  expect(status.batch).toBeGreaterThan(0n);
  expect(await relay.probe("/healthz")).toMatchObject({ status: 200 });
  expect(await relay.probe("/readyz")).toMatchObject({ status: 200 });
  const metrics = (await relay.probe("/metrics")).body;
  expect(metrics).toMatch(/^outgraph_relay_entries_applied_total 3$/m);
  expect(metrics).toMatch(/^outgraph_relay_active 1$/m);
  expect(metrics).toMatch(/^outgraph_relay_epoch 1$/m);
  expect(metrics).toMatch(/^outgraph_relay_backlog_entries 0$/m);
});

test("a watch tells the status now and after each change", async () => {
  await using relay = await relayProcess(outbox.database);
  await relay.until("it carries", isActive);
  const enough = new AbortController();
  let seen = 0;
  for await (const status of relay.watch(
    AbortSignal.any([enough.signal, AbortSignal.timeout(30_000)]),
  )) {
    seen += 1;
    if (seen === 1) await outbox.append(canary());
    if (status?.entriesApplied === 1n) break;
  }
  enough.abort();

  expect(seen).toBeGreaterThan(1);
});

test("a halted relay stays up, is not ready, and says why until it is told to stop", async () => {
  await query("CREATE (:Broken {id: 'a', n: 'a text'})");
  const good = await outbox.append(canary());
  const bad = await outbox.append(
    entryOf([accumulate(node("Broken", { id: "a" }), { add: { n: 1n } })]),
  );
  await outbox.append(canary());
  await using relay = await relayProcess(outbox.database, { OUTGRAPH_ON_POISON: "halt" });

  const status = await relay.until("it halts", ({ role }) => role === RelayRole.HALTED);
  const ready = await relay.probe("/readyz");

  expect(status.haltReason).toContain(bad);
  expect(status.haltReason).toContain("Cypher: ");
  expect(ready.status).toBe(503);
  expect(ready.body).toContain(bad);
  expect(await relay.probe("/healthz")).toMatchObject({ status: 200 });
  expect((await canaries()).ids).toEqual([good]);
  expect(await outbox.acked()).toEqual([good]);
  await relay.process.stop();
  expect(await relay.process.exited).toMatchObject({ code: 0 });
});

test("a relay that starts before its servers says for what it waits, then carries", async () => {
  await using proxy = await startProxy({ target: new URL(inject("neo4jUri")).host });
  proxy.cut();
  const env = { OUTGRAPH_NEO4J_URI: `bolt://${proxy.address}` };
  await using relay = await relayProcess(outbox.database, env);
  await outbox.append(canary());
  await relay.until("it starts", ({ role }) => role === RelayRole.STARTING);
  const ready = await waitUntil(
    async () => {
      const report = await relay.probe("/readyz");
      return report.body.includes("Neo4j") ? report : undefined;
    },
    { what: "it says that it waits", timeoutMs: 20_000 },
  );
  expect(ready.status).toBe(503);

  await proxy.heal();
  await acked(outbox, 1);
  expect(await relay.probe("/readyz")).toMatchObject({ status: 200 });
  const waits = relay.log().filter(({ msg }) => msg === "task.waiting");
  expect(waits).toHaveLength(1);
});
