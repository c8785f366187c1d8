import { join } from "node:path";
import { runReadmeExample } from "@outgraph/readme-example";
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
  const printed = await runReadmeExample({
    folder: join(import.meta.dirname, ".."),
    env: { OUTGRAPH_MONGODB_URI: inject("mongodbUri"), OUTGRAPH_NEO4J_URI: inject("neo4jUri") },
  });

  expect(printed).toContain("documents say int 2, graph says int 3");
});
