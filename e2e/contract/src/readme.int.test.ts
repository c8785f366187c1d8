import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type {} from "@outgraph/stack/vitest";
import { MongoClient } from "mongodb";
import neo4j from "neo4j-driver";
import { expect, inject, test, vi } from "vitest";
import { startService } from "./services.ts";

const surroundings = {
  mongodbUri: inject("mongodbUri"),
  neo4jUri: inject("neo4jUri"),
  neo4jUser: inject("neo4jUser"),
  neo4jPassword: inject("neo4jPassword"),
  database: `readme_${randomUUID().slice(0, 8)}`,
};

test("the example of the README commits a document, and its graph follows", async () => {
  const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1];
  if (example === undefined) throw new Error("the README has no example");

  await using servers = new AsyncDisposableStack();
  const mongo = servers.adopt(new MongoClient(surroundings.mongodbUri), (client) => client.close());
  const graph = servers.adopt(neo4j.driver(surroundings.neo4jUri), (driver) => driver.close());
  await graph.executeQuery("MATCH (n) DETACH DELETE n");
  const database = mongo.db(surroundings.database);
  servers.defer(() => database.dropDatabase().then(() => undefined));
  await database.createCollection("papers");
  const append = await startService("append", surroundings);
  servers.use(append.process);
  const relay = await startService("relay", surroundings);
  servers.use(relay.process);
  vi.stubEnv("OUTGRAPH_URL", append.url);
  // Beside this file, so that the example finds the packages it imports.
  const folder = await mkdtemp(join(import.meta.dirname, ".readme-"));
  servers.defer(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "example.ts"), example);

  await import(join(folder, "example.ts"));

  expect(await database.collection("papers").find().toArray()).toMatchObject([{ author: "p-1" }]);
  const { records } = await graph.executeQuery(
    "MATCH (a:Person:OutgraphStub)-[:WROTE]->(p:Paper) RETURN a.id AS author, p {.*} AS paper",
  );
  expect(records.map((record) => record.toObject())).toEqual([
    { author: "p-1", paper: { doi: "10.1000/182", title: "On drift" } },
  ]);
});
