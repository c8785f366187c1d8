import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { startProcess } from "@outgraph/stack";
import type {} from "@outgraph/stack/vitest";
import { MongoClient } from "mongodb";
import neo4j, { type Driver } from "neo4j-driver";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

let mongo: MongoClient;
let graph: Driver;

beforeAll(() => {
  mongo = new MongoClient(inject("mongodbUri"));
  const login = neo4j.auth.basic(inject("neo4jUser"), inject("neo4jPassword"));
  graph = neo4j.driver(inject("neo4jUri"), inject("neo4jPassword") ? login : undefined);
});

afterAll(async () => {
  await Promise.all([mongo.close(), graph.close()]);
});

beforeEach(async () => {
  await graph.executeQuery("MATCH (n) DETACH DELETE n");
});

/** `pnpm chaos` against the shared servers; its output once it has ended. */
async function chaos(database: string, ...more: string[]) {
  await using process_ = await startProcess({
    name: "chaos",
    command: process.execPath,
    args: [
      ...[MAIN, "--minutes", "0.2", "--seed", "4"],
      ...["--mongodb-uri", inject("mongodbUri"), "--mongodb-database", database],
      ...["--neo4j-uri", inject("neo4jUri"), "--neo4j-user", inject("neo4jUser") || "neo4j"],
      ...more,
    ],
    env: { OUTGRAPH_NEO4J_PASSWORD: inject("neo4jPassword") },
  });
  const { code } = await process_.exited;
  return { code, output: process_.logTail().trim() };
}

const nodes = async (): Promise<number> =>
  (await graph.executeQuery("MATCH (n) RETURN n")).records.length;

test("somebody's own servers are put to the test, and left as they were", async () => {
  const database = `chaos-given-${randomUUID().slice(0, 8)}`;

  const { code, output } = await chaos(database);

  expect(output).toMatch(
    /^chaos: ok kills=\d+ pauses=\d+ partitions=\d+ stepdowns=0 entries=[1-9]\d* violations=0$/m,
  );
  expect(output).toContain("Every promise held");
  expect(output).not.toContain("not judged");
  expect(code).toBe(0);
  const { databases } = await mongo.db("admin").admin().listDatabases();
  expect(databases.map(({ name }) => name)).not.toContain(database);
  expect(await nodes()).toBe(0);
}, 480_000);

test("a database that holds anything else is refused, and nothing is written", async () => {
  const database = `chaos-given-${randomUUID().slice(0, 8)}`;
  await mongo.db(database).collection("customers").insertOne({ name: "Ada" });

  const { code, output } = await chaos(database);

  expect(code).toBe(1);
  expect(output).toMatch(/holds 1 collection.*customers.*--mongodb-database/s);
  expect(await mongo.db(database).collections()).toHaveLength(1);
  expect(await nodes()).toBe(0);
  await mongo.db(database).dropDatabase();
});

test("a graph that holds anything else is refused, a journal of a real relay too", async () => {
  const database = `chaos-given-${randomUUID().slice(0, 8)}`;
  await graph.executeQuery("CREATE (:OutgraphOutbox {incarnation: 'real'}), (:Customer)");

  const { code, output } = await chaos(database);

  expect(code).toBe(1);
  expect(output).toMatch(/holds 2 nodes.*--neo4j-database/s);
  expect(await nodes()).toBe(2);
  expect(await mongo.db(database).collections()).toHaveLength(0);
});
