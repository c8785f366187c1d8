import { startStandaloneMongod } from "@outgraph/stack";
import { MongoClient, UUID } from "mongodb";
import { expect, test } from "vitest";
import { openOutbox } from "./open.ts";
import { setUpOutbox } from "./set-up.ts";

test("a real standalone is refused, and nothing is made in it", async () => {
  await using mongod = await startStandaloneMongod();
  await using client = await new MongoClient(mongod.uri).connect();

  await expect(setUpOutbox(client, "app")).rejects.toMatchObject({
    reason: "standalone",
    message: expect.stringContaining("--replSet rs0"),
  });

  expect(await client.db("app").listCollections().toArray()).toEqual([]);

  // Nor is an outbox used that was restored into one.
  const identity = { _id: "outbox" as never, incarnation: new UUID(), format: 1 };
  await client.db("restored").collection("outbox_meta").insertOne(identity);
  await expect(openOutbox(client.db("restored"))).rejects.toMatchObject({ reason: "standalone" });
});
