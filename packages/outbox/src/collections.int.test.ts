import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { contentDigest, type EntryId, EntrySchema, newEntryId } from "@outgraph/events";
import { MongoClient, type Timestamp } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { ackOf, batchAckDocument } from "./ack-document.ts";
import { type OutboxCollections, outboxCollections } from "./collections.ts";
import { entryDocument, storedEntry } from "./entry-document.ts";
import { compareAt, rangeOf } from "./logical-time.ts";
import { setUpOutbox } from "./set-up.ts";

const database = `outbox_${randomBytes(6).toString("hex")}`;
let client: MongoClient;
let outbox: OutboxCollections;

beforeAll(async () => {
  client = await new MongoClient(inject("mongodbUri")).connect();
  await setUpOutbox(client, database);
  outbox = outboxCollections(client.db(database));
});

beforeEach(async () => {
  await Promise.all([outbox.entries, outbox.acks, outbox.parked].map((all) => all.deleteMany({})));
});

afterAll(async () => {
  await client.db(database).dropDatabase();
  await client.close();
});

function newDocument(id: EntryId) {
  const entry = create(EntrySchema, { id, source: "test", events: [{ type: "t" }] });
  return entryDocument({ entry, digest: contentDigest({ events: entry.events }) });
}

/** Inserts entries, one after another, and says when each was stamped. */
async function insert(count: number): Promise<{ id: EntryId; at: Timestamp }[]> {
  const documents = Array.from({ length: count }, () => newDocument(newEntryId()));
  await outbox.entries.insertMany(documents);
  const found = await outbox.entries.find().sort({ _id: 1 }).toArray();
  return found.map((document) => {
    const { id, at } = storedEntry(document);
    return { id, at };
  });
}

function ack(batch: bigint, entries: readonly { id: EntryId; at: Timestamp }[]) {
  return batchAckDocument({
    lane: 0,
    batch,
    epoch: 1n,
    entries: entries.map(({ id }) => id),
    at: rangeOf(entries.map(({ at }) => at)),
    ackedAt: new Date(9),
  });
}

test("entries of one insert are each stamped, differently, in their order", async () => {
  const times = (await insert(50)).map(({ at }) => at);

  expect(times.every(({ t }) => t > 0)).toBe(true);
  for (const [i, at] of times.slice(1).entries()) {
    expect(compareAt(times[i]!, at)).toBeLessThan(0);
  }
});

test("a transaction that began after another committed is stamped later", async () => {
  const ids = Array.from({ length: 20 }, newEntryId).reverse(); // against the order of the ids
  for (const id of ids) {
    await client.withSession((session) =>
      session.withTransaction(() => outbox.entries.insertOne(newDocument(id), { session })),
    );
  }

  const walked = await outbox.entries.find().sort({ at: 1, _id: 1 }).toArray();

  expect(walked.map(({ _id }) => _id.toString())).toEqual(ids);
});

test("large integers and binary data come back exactly, whatever the client's own settings", async () => {
  const strange = await new MongoClient(inject("mongodbUri"), {
    promoteBuffers: true,
    promoteLongs: false,
    ignoreUndefined: true,
    readPreference: "secondaryPreferred",
    writeConcern: { w: 1 },
  }).connect();
  try {
    const same = outboxCollections(strange.db(database));
    const [entry] = await insert(1);
    await same.acks.insertOne({ ...ack(2n ** 60n, [entry!]), epoch: 7n });

    expect(await same.acks.findOne({})).toMatchObject({ batch: 2n ** 60n, epoch: 7n, lane: 0 });
    expect(storedEntry((await same.entries.findOne({}))!).id).toBe(entry!.id);
  } finally {
    await strange.close();
  }
});

test("an ack is found by the range index, without reading the others", async () => {
  const entries = await insert(200);
  const acks = entries.map((entry, i) => ack(BigInt(i), [entry]));
  await outbox.acks.insertMany(acks);
  const { id, at } = entries[120]!;

  const plan = await outbox.acks
    .find(ackOf(id, at))
    .sort({ "at.max": 1 })
    .limit(1)
    .explain("executionStats");
  expect(plan["executionStats"]).toMatchObject({ totalKeysExamined: 1, totalDocsExamined: 1 });
});
