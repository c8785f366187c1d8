import { MongoClient, MongoNetworkError } from "mongodb";
import neo4j from "neo4j-driver";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { MongoServer } from "./mongo-server.ts";
import { startMongo } from "./start.ts";
import { startProxy } from "./wire-proxy.ts";

let mongo: MongoServer;

beforeAll(async () => {
  mongo = await startMongo({ from: "process" });
});

afterAll(() => mongo.stop());

function memberAddress(): string {
  return mongo.members[0]?.address ?? "";
}

test("an insert whose reply is lost took effect, though the client saw a network error", async () => {
  await using proxy = await startProxy({ target: memberAddress() });
  const client = new MongoClient(`mongodb://${proxy.address}/?directConnection=true`, {
    retryWrites: false, // the driver would hide the lost reply by asking again
  });
  const things = client.db("lost").collection("things");
  await things.insertOne({ name: "before" });

  const lost = proxy.dropReplyAfter((bytes) => bytes.includes("the lost one"));
  const insert = things.insertOne({ name: "the lost one" });

  await expect(insert).rejects.toThrow(MongoNetworkError);
  await lost;
  expect(await things.countDocuments({ name: "the lost one" })).toBe(1);
  await client.close();
});

test("a driver finds the server again after the wire was cut and healed", async () => {
  await using proxy = await startProxy({ target: memberAddress() });
  const client = new MongoClient(`mongodb://${proxy.address}/?directConnection=true`, {
    serverSelectionTimeoutMS: 500,
  });
  await client.db("admin").command({ ping: 1 });

  proxy.cut();
  await expect(client.db("admin").command({ ping: 1 })).rejects.toThrow();
  await proxy.heal();

  expect(await client.db("admin").command({ ping: 1 })).toMatchObject({ ok: 1 });
  await client.close();
});

test("a COMMIT whose reply is lost took effect in Neo4j", async () => {
  const COMMIT = Buffer.from([0x00, 0x02, 0xb0, 0x12, 0x00, 0x00]); // a Bolt chunk of its own
  const target = new URL(inject("neo4jUri")).host;
  await using proxy = await startProxy({ target });
  const auth = neo4j.auth.basic(inject("neo4jUser"), inject("neo4jPassword"));
  const driver = neo4j.driver(
    `bolt://${proxy.address}`,
    inject("neo4jPassword") ? auth : undefined,
  );
  const session = driver.session();
  const name = crypto.randomUUID();

  const transaction = await session.beginTransaction();
  await transaction.run("CREATE (:LostReply {name: $name})", { name });
  const lost = proxy.dropReplyAfter((bytes) => bytes.includes(COMMIT));
  await expect(transaction.commit()).rejects.toThrow();
  await lost;

  const { records } = await driver.executeQuery(
    "MATCH (n:LostReply {name: $name}) DELETE n RETURN count(n) AS found",
    { name },
  );
  expect(records[0]?.get("found").toNumber()).toBe(1);
  await session.close();
  await driver.close();
});
