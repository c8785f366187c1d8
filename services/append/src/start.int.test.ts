import { META_ID, outboxCollections, setUpOutbox } from "@outgraph/outbox";
import { waitUntil } from "@outgraph/stack";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { readiness, startAppend } from "./test/running-append.ts";

const DATABASE = `append_start_${Date.now().toString(36)}`;
const WAIT = { timeoutMs: 20_000 };

let client: MongoClient;
beforeAll(async () => {
  client = await new MongoClient(inject("mongodbUri")).connect();
});
afterAll(async () => {
  await client.db(DATABASE).dropDatabase();
  await client.close();
});

test("without set-up it waits for one, and says what is missing", async () => {
  await using service = await startAppend(inject("mongodbUri"), DATABASE, {
    OUTGRAPH_SETUP: "off",
  });
  await waitUntil(
    async () => /outgraph-outbox setup/.test((await readiness(service.url)).reason ?? ""),
    {
      what: "it names the command",
      ...WAIT,
    },
  );
  expect(await client.db(DATABASE).listCollections().toArray()).toEqual([]);

  await setUpOutbox(client, DATABASE);

  await waitUntil(async () => (await readiness(service.url)).ready, { what: "ready", ...WAIT });
});

test("an outbox of a newer format ends it with 1, and is left as it is", async () => {
  await setUpOutbox(client, DATABASE);
  const { meta } = outboxCollections(client.db(DATABASE));
  await meta.updateOne({ _id: META_ID.outbox }, { $set: { format: 99 } });

  await using service = await startAppend(inject("mongodbUri"), DATABASE);

  expect(await service.process.exited).toMatchObject({ code: 1 });
  expect(service.process.logTail()).toContain("has format 99");
  expect(await meta.findOne({ _id: META_ID.outbox })).toMatchObject({ format: 99 });
});
