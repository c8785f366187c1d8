import { expect, inject, test } from "vitest";
import { NotOurs } from "./engine.ts";
import { givenMongo, givenNeo4j } from "./given-engine.ts";

test("a MongoDB given by URI can be used, and not treated badly", async () => {
  const mongo = await givenMongo(inject("mongodbUri"));

  expect(mongo.kind).toBe("uri");
  expect(mongo.version).toMatch(/^\d+\.\d+/);
  for (const act of [mongo.kill, mongo.pause, mongo.resume, mongo.restart, mongo.stepDown]) {
    await expect(act()).rejects.toThrow(NotOurs);
  }
});

test("a Neo4j given by URI can be used, and not treated badly", async () => {
  const password = inject("neo4jPassword");
  const auth = password ? { username: inject("neo4jUser"), password } : undefined;
  const server = await givenNeo4j(inject("neo4jUri"), auth);

  expect(server.version).toMatch(/^\d+\.\d+/);
  await expect(server.kill()).rejects.toThrow("not ours");
});

test("a server that was given outlives stop", async () => {
  const mongo = await givenMongo(inject("mongodbUri"));

  await mongo.stop();

  await givenMongo(inject("mongodbUri"));
});

test("the password of a URI stands in no error", () => {
  expect(new NotOurs("kill", "mongodb://me:secret@db/").message).not.toContain("secret");
});
