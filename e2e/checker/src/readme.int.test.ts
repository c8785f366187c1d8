import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startProcess } from "@outgraph/stack";
import { MongoClient } from "mongodb";
import neo4j from "neo4j-driver";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

const mongo = new MongoClient(inject("mongodbUri"));
const graph = neo4j.driver(inject("neo4jUri"));

beforeAll(async () => {
  const orders = mongo.db("shop").collection<{ _id: string; entries: number }>("orders");
  await orders.insertOne({ _id: "o-1", entries: 2 });
  await graph.executeQuery("MATCH (n) DETACH DELETE n");
  await graph.executeQuery("CREATE (:Order {id: 'o-1', entries: 3})");
});

afterAll(async () => {
  await graph.executeQuery("MATCH (n) DETACH DELETE n");
  await mongo.db("shop").dropDatabase();
  await graph.close();
  await mongo.close();
});

test("the README's example runs as it stands", async (context) => {
  context.skip(inject("neo4jPassword") !== "", "the example gives no password");
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "throw new Error('no example')";

  await using run = await startProcess({
    name: "example",
    command: process.execPath,
    args: ["--input-type=module-typescript", "--eval", example],
    cwd: fileURLToPath(new URL("..", import.meta.url)), // where "@outgraph/checker" is found by name
    env: { OUTGRAPH_MONGODB_URI: inject("mongodbUri"), OUTGRAPH_NEO4J_URI: inject("neo4jUri") },
  });

  const exit = await run.exited;
  expect(run.logTail()).toContain("documents say int 2, graph says int 3");
  expect(exit).toEqual({ code: 0, signal: null });
});
