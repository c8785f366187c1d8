import { startProxy } from "@outgraph/stack";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { acked, canaries } from "./test/canaries.ts";
import { canary } from "./test/entries.ts";
import { emptyGraph, graphAdapter } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { realRelay } from "./test/real-relay.ts";

let outbox: RealOutbox;
beforeEach(async () => {
  await emptyGraph();
  outbox = await RealOutbox.make();
});
afterEach(() => outbox[Symbol.asyncDispose]());

const addressOf = (uri: string): string => new URL(uri).host;
const COMMIT = Buffer.from([0x00, 0x02, 0xb0, 0x12, 0x00, 0x00]); // the message in Bolt, with its frame

test("a lost COMMIT reply applies nothing twice", async () => {
  await using proxy = await startProxy({ target: addressOf(inject("neo4jUri")) });
  const graph = graphAdapter(`bolt://${proxy.address}`);
  await using relay = realRelay(outbox.adapter(), graph);
  await relay.next("walk.done");
  const ids = [await outbox.append(canary())];
  await acked(outbox, 1);

  for (let round = 0; round < 5; round++) {
    const lost = proxy.dropReplyAfter((bytes) => bytes.includes(COMMIT));
    const found = relay.next("batch.found");
    ids.push(await outbox.append(canary()));
    await lost;
    await found;
    await proxy.heal();
    await acked(outbox, ids.length);
  }

  const seen = await canaries();
  expect(seen).toEqual({ ids, count: ids.length });
  await relay.stop();
  await graph.close();
});

test("Neo4j away at start and in mid-run is waited for", async () => {
  await using proxy = await startProxy({ target: addressOf(inject("neo4jUri")) });
  proxy.cut();
  const graph = graphAdapter(`bolt://${proxy.address}`);
  await using relay = realRelay(outbox.adapter(), graph);
  const ids = [await outbox.append(canary())];
  expect(await relay.next("task.waiting")).toMatchObject({ task: "schema" });
  await proxy.heal();
  await acked(outbox, 1);

  proxy.cut();
  const waiting = relay.next("task.waiting", ({ task }) => task === "commit" || task === "journal");
  for (let i = 0; i < 10; i++) ids.push(await outbox.append(canary()));
  await waiting;
  await proxy.heal();
  await acked(outbox, ids.length);

  expect(await canaries()).toEqual({ ids, count: ids.length });
  await relay.stop();
  await graph.close();
});

test("MongoDB away at start and in mid-run is waited for", async () => {
  await using proxy = await startProxy({ target: addressOf(inject("mongodbUri")) });
  proxy.cut();
  const graph = graphAdapter();
  const through = outbox.adapter(`mongodb://${proxy.address}/?directConnection=true`);
  await using relay = realRelay(through, graph);
  const ids = [await outbox.append(canary())];
  expect(await relay.next("task.waiting")).toMatchObject({ task: "set-up" });
  await proxy.heal();
  await acked(outbox, 1);

  const ended = relay.next("term.ended");
  proxy.cut();
  for (let i = 0; i < 10; i++) ids.push(await outbox.append(canary()));
  await ended;
  await proxy.heal();
  await acked(outbox, ids.length);

  expect(await canaries()).toEqual({ ids, count: ids.length });
  await relay.stop();
  await graph.close();
});

test("a Neo4j that says nothing is not waited for without an end", async () => {
  await using proxy = await startProxy({ target: addressOf(inject("neo4jUri")) });
  const graph = graphAdapter(`bolt://${proxy.address}`, 1_000);
  await using relay = realRelay(outbox.adapter(), graph, { leaseTtlMs: 60_000 });
  const ids = [await outbox.append(canary())];
  await acked(outbox, 1);

  proxy.blackHole();
  const silent = relay.next("task.waiting", ({ message }) => message.includes("no answer"));
  ids.push(await outbox.append(canary()));
  await silent;
  await proxy.heal();
  await acked(outbox, ids.length);

  expect(await canaries()).toEqual({ ids, count: ids.length });
  await relay.stop();
  await graph.close();
});
