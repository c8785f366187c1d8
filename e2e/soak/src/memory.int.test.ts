import { randomBytes } from "node:crypto";
import { setUpOutbox } from "@outgraph/outbox";
import type {} from "@outgraph/stack/vitest";
import { MongoClient } from "mongodb";
import neo4j from "neo4j-driver";
import { expect, inject, test } from "vitest";
import { measureMemory } from "./memory.ts";
import { emptied } from "./servers.ts";

const MEGABYTE = 1_048_576;

// A million is `pnpm soak memory`; what would grow with the backlog grows with a fifth of it too.
test("a relay over 200 000 pending entries of 1 KB stays under 300 MB", async () => {
  await using stack = new AsyncDisposableStack();
  const client = new MongoClient(inject("mongodbUri"));
  stack.defer(() => client.close());
  const database = `soak_${randomBytes(6).toString("hex")}`;
  stack.defer(async () => void (await client.db(database).dropDatabase()));
  await setUpOutbox(client, database);
  const [uri, user, password] = [inject("neo4jUri"), inject("neo4jUser"), inject("neo4jPassword")];
  const driver = neo4j.driver(uri, password === "" ? undefined : neo4j.auth.basic(user, password));
  stack.defer(() => driver.close());
  await emptied(driver);
  const env = {
    OUTGRAPH_MONGODB_URI: inject("mongodbUri"),
    OUTGRAPH_DATABASE: database,
    OUTGRAPH_NEO4J_URI: uri,
    OUTGRAPH_NEO4J_USER: user || "neo4j",
    OUTGRAPH_NEO4J_PASSWORD: password,
  };

  const backlog = { pending: 200_000, bytes: 1_024, seconds: 15 };
  const taken = await measureMemory({ client, database, env }, backlog, () => {});

  expect(taken.drained).toBeGreaterThan(0);
  expect(taken.peakBytes).toBeLessThan(300 * MEGABYTE);
}, 300_000);
