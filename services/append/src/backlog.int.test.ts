import { createOutgraphClient, insertOne, ResourceExhaustedError } from "@outgraph/client";
import { COLLECTION, META_ID } from "@outgraph/outbox";
import { expect, inject, test } from "vitest";
import { ownDatabase } from "./test/mongo-database.ts";
import { startReadyAppend } from "./test/running-append.ts";

test("at the backlog's cap appends are refused with a delay, and taken again below it", async () => {
  await using own = await ownDatabase();
  await own.db.createCollection("files");
  const { meta } = own.access.required;
  const publish = (entries: bigint) =>
    meta.updateOne(
      { _id: META_ID.backlog },
      { $set: { entries, bytes: 0n, at: new Date() } },
      { upsert: true },
    );
  await publish(500n);
  await using service = await startReadyAppend(inject("mongodbUri"), own.db.databaseName, {
    OUTGRAPH_BACKLOG_ENTRIES_MAX: "500",
  });
  const client = createOutgraphClient({ url: service.url, source: "test" });
  const input = { events: [{ type: "a.B" }], writes: [insertOne("files", { _id: 1 })] };

  const refused = await client
    .append(input, { timeoutMs: 3_000 })
    .catch((reason: unknown) => reason);

  expect(refused).toBeInstanceOf(ResourceExhaustedError);
  expect(refused).toMatchObject({ retryAfterMs: 5_000, attempts: 1 });
  expect(await own.db.collection("files").countDocuments()).toBe(0);
  expect(await own.db.collection(COLLECTION.entries).countDocuments()).toBe(0);

  await publish(499n);
  expect(await client.append(input, { timeoutMs: 30_000 })).toMatchObject({ replayed: false });
  client.close();
});
