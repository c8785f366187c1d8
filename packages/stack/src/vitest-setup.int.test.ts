import { MongoClient } from "mongodb";
import neo4j from "neo4j-driver";
import { expect, inject, test } from "vitest";

test("integration tests are given a replica set that takes transactions", async () => {
  const client = new MongoClient(inject("mongodbUri"));
  const things = client.db(`stack_${crypto.randomUUID()}`).collection("things");

  await client.withSession((session) =>
    session.withTransaction(() => things.insertOne({ one: 1 }, { session })),
  );

  expect(await things.countDocuments()).toBe(1);
  await things.db.dropDatabase();
  await client.close();
});

test("integration tests are given a Neo4j that answers", async () => {
  const password = inject("neo4jPassword");
  const auth = password ? neo4j.auth.basic(inject("neo4jUser"), password) : undefined;
  const driver = neo4j.driver(inject("neo4jUri"), auth);

  const { records } = await driver.executeQuery("RETURN 1 + 1 AS two");

  expect(records[0]?.get("two").toNumber()).toBe(2);
  await driver.close();
});
