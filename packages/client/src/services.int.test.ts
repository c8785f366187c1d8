import { randomBytes } from "node:crypto";
import { edge, int, mergeEdge, mergeNode, newEntryId, node, RelayRole } from "@outgraph/events";
import { MongoClient } from "mongodb";
import neo4j from "neo4j-driver";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createOutgraphClient, type OutgraphClient } from "./client.ts";
import { NotFoundError } from "./errors.ts";
import { createRelayClient, type RelayClient } from "./relay-client.ts";
import { type RunningService, startService } from "./test/services.ts";
import { insertOne } from "./writes.ts";

const database = `client_${randomBytes(6).toString("hex")}`;
const running: RunningService[] = [];
let mongo: MongoClient;
let client: OutgraphClient;
let relay: RelayClient;

beforeAll(async () => {
  mongo = await new MongoClient(inject("mongodbUri")).connect();
  await mongo.db(database).createCollection("orders");
  const auth = neo4j.auth.basic(inject("neo4jUser") || "neo4j", inject("neo4jPassword"));
  const driver = neo4j.driver(inject("neo4jUri"), auth);
  await driver.executeQuery("MATCH (n) DETACH DELETE n");
  await driver.close();
  running.push(await startService("append", database), await startService("relay", database));
  const [append, relaying] = running;
  client = createOutgraphClient({ url: append!.url, source: "test", callsMax: 1 });
  relay = createRelayClient({ url: relaying!.url });
});

afterAll(async () => {
  client?.close();
  relay?.close();
  for (const service of running) await service[Symbol.asyncDispose]();
  await mongo.db(database).dropDatabase();
  await mongo.close();
});

/** An order that is one document and one node. */
function order(_id: string) {
  return {
    writes: [insertOne("orders", { _id })],
    events: [
      { type: "a.B", mutations: [mergeNode(node("Order", { id: _id }), { set: { n: int(1) } })] },
    ],
  };
}

/** An event that cannot be applied: its edge requires an end that is not there. */
function dangling() {
  const ends = edge("T", node("Nobody", { id: "x" }), node("Order", { id: "o0" }));
  return { events: [{ type: "a.B", mutations: [mergeEdge(ends, { absentEnds: "require" })] }] };
}

test("of appends that share calls, each has its own outcome, and all of them reach the graph", async () => {
  const orders = Array.from({ length: 200 }, (_, n) => order(`o${n}`));

  const results = await client.appendMany([order("twice"), ...orders, order("twice")]);

  const codes = results.map((result) => ("code" in result ? result.code : "committed"));
  expect(codes.filter((code) => code === "committed")).toHaveLength(201);
  expect(codes.filter((code) => code === "ALREADY_EXISTS")).toHaveLength(1);
  expect(await mongo.db(database).collection("orders").countDocuments()).toBe(201);
  const ids = results.flatMap((result) => ("code" in result ? [] : [result.entryId]));
  const { entries } = await client.waitApplied(ids, { timeoutMs: 60_000 });
  expect(new Set(entries.map(({ state }) => state))).toEqual(new Set(["applied"]));
});

test("what is parked is said to who waits, is listed, and is decided by an operator", async () => {
  const { entryId } = await client.append({ id: newEntryId(), ...dangling() });

  const { entries } = await client.waitApplied([entryId], { timeoutMs: 60_000 });
  expect(entries).toMatchObject([{ id: entryId, state: "parked" }]);
  const listed: string[] = [];
  for await (const parked of relay.listParked()) listed.push(parked.id);
  expect(listed).toEqual([entryId]);
  expect((await relay.explain(entryId)).statements.length).toBeGreaterThan(0);
  expect(await relay.retryParked(entryId)).toMatchObject({ applied: false });
  expect(await relay.skipParked(entryId, { reason: "a test", by: "the test" })).toBe(0);

  await expect(relay.retryParked(entryId)).rejects.toBeInstanceOf(NotFoundError);
  expect(await client.getEntry(entryId)).toMatchObject({ state: "skipped", reason: "a test" });
});

test("a pause is seen by who watches, and ends with the resume", async () => {
  const roles: RelayRole[] = [];
  for await (const { role } of relay.watchStatus()) {
    if (role === roles.at(-1)) continue;
    roles.push(role);
    if (roles.length === 1) await relay.pause();
    else if (role === RelayRole.PAUSED) await relay.resume();
    else if (role === RelayRole.ACTIVE) break;
  }

  expect(roles).toEqual([RelayRole.ACTIVE, RelayRole.PAUSED, RelayRole.ACTIVE]);
  expect((await relay.status()).role).toBe(RelayRole.ACTIVE);
});
