import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { Code, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { insertOne } from "@outgraph/client";
import { OutboxService, RetryInfoSchema } from "@outgraph/events";
import { COLLECTION } from "@outgraph/outbox";
import { expect, inject, test } from "vitest";
import { ownDatabase } from "./test/mongo-database.ts";
import { request } from "./test/requests.ts";
import { startReadyAppend } from "./test/running-append.ts";

test("beyond what the service holds, appends are refused with a delay, and taken when there is room", async () => {
  await using own = await ownDatabase();
  await own.db.createCollection("files");
  await using service = await startReadyAppend(inject("mongodbUri"), own.db.databaseName, {
    OUTGRAPH_PENDING_APPENDS_MAX: "3",
  });
  const client = createClient(
    OutboxService,
    createConnectTransport({ baseUrl: service.url, httpVersion: "1.1" }),
  );
  const appends = Array.from({ length: 5 }, (_, _id) => request([insertOne("files", { _id })]));

  const { results } = await client.appendMany({ appends });

  const outcomes = results.map(({ outcome }) => outcome);
  expect(outcomes.slice(0, 3)).toMatchObject(
    Array.from({ length: 3 }, () => ({ case: "response", value: { replayed: false } })),
  );
  for (const outcome of outcomes.slice(3)) {
    expect(outcome).toMatchObject({ case: "error", value: { code: Code.ResourceExhausted } });
    const details = outcome.case === "error" ? outcome.value.details : [];
    expect(details.map((each) => anyUnpack(each, RetryInfoSchema)?.retryDelay?.nanos)).toEqual([
      250_000_000,
    ]);
  }
  expect(await own.db.collection(COLLECTION.entries).countDocuments()).toBe(3);

  const again = await client.appendMany({ appends: appends.slice(3) });
  expect(again.results.map(({ outcome }) => outcome.case)).toEqual(["response", "response"]);
});
