import { insertOne, updateOne } from "@outgraph/client";
import type { AppendRequest } from "@outgraph/events";
import { COLLECTION, compareAt, storedEntry } from "@outgraph/outbox";
import { waitUntil } from "@outgraph/stack";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type CheckedAppend, checkAppend } from "../../check-append.ts";
import type { AppendStore } from "../../ports.ts";
import { isRefusal } from "../../refusal.ts";
import { failCommand } from "../../test/fail-command.ts";
import { GROUP_RULES } from "../../test/group-rules.ts";
import { type OwnDatabase, ownDatabase } from "../../test/mongo-database.ts";
import { request } from "../../test/requests.ts";
import { mongoAppendStore } from "./append-store.ts";

// Each of these is about the members of one shared transaction that fails.

let own: OwnDatabase;
let store: AppendStore;
beforeAll(async () => {
  own = await ownDatabase();
  await own.db.createCollection("files");
});
afterAll(async () => {
  await own[Symbol.asyncDispose]();
});
beforeEach(async () => {
  store = mongoAppendStore(own.mongo, own.access, GROUP_RULES);
  await own.db.collection("files").deleteMany({});
  await own.db.collection(COLLECTION.entries).deleteMany({});
});

const LIMIT = { timeoutMs: 30_000, signal: new AbortController().signal };

function checked(of: AppendRequest): CheckedAppend {
  const append = checkAppend(of, { database: own.db.databaseName });
  if (isRefusal(append)) throw new Error(JSON.stringify(append));
  return append;
}
const inserting = (count: number): CheckedAppend[] =>
  // An id made by the service is not looked for, unless there is a reason.
  Array.from({ length: count }, (_, i) => ({
    ...checked(request([insertOne("files", { name: `f${i}` })])),
    idGiven: false,
  }));

async function onceEach(count: number): Promise<void> {
  const files = await own.db.collection("files").find().toArray();
  expect(files.map(({ name }) => String(name)).sort()).toEqual(
    Array.from({ length: count }, (_, i) => `f${i}`),
  );
  expect(await own.db.collection(COLLECTION.entries).countDocuments()).toBe(count);
}

test("members of a group stand in history in the order of their arrival", async () => {
  const appends = inserting(50);

  await store.commit(appends, LIMIT);

  const entries = await own.access.required.entries.find().toArray();
  const placed = entries.map(storedEntry).toSorted((a, b) => compareAt(a.at, b.at));
  expect(placed.map(({ id }) => id)).toEqual(appends.map(({ entry }) => entry.id));
  expect(new Set(placed.map(({ at }) => at.toString())).size).toBe(50);
});

test("a group that was committed, and nobody said so, is written once, and all are told", async () => {
  const data = {
    failCommands: ["commitTransaction"],
    writeConcernError: { code: 79, errmsg: "no such write concern" },
  };
  await using _ = await failCommand(own.mongo.client, data, 3);

  const results = await store.commit(inserting(5), LIMIT);

  expect(results).toMatchObject(Array.from({ length: 5 }, () => ({ replayed: false })));
  await onceEach(5);
});

test("a group whose commit never arrived is written once, when its locks are gone", async () => {
  const data = { failCommands: ["commitTransaction"], errorCode: 13 };
  await using _ = await failCommand(own.mongo.client, data, 3);

  const call = store.commit(inserting(5), LIMIT);
  let settled = false;
  const settle = () => {
    settled = true;
  };
  call.then(settle, settle);
  // The server keeps the locks of a transaction that it got no end of for a minute, unless its
  // session is used again: nobody waits for that here.
  const admin = own.mongo.client.db("admin");
  await waitUntil(
    async () => {
      const left = await admin.aggregate([{ $currentOp: { idleSessions: true } }, IDLE]).toArray();
      await admin.command({ killSessions: left.map(({ lsid }) => ({ id: lsid.id })) });
      return settled;
    },
    { what: "they are committed", timeoutMs: 25_000 },
  );

  expect(await call).toMatchObject(Array.from({ length: 5 }, () => ({ replayed: false })));
  await onceEach(5);
});

test("a slow write costs its neighbours half a second, not their time", async () => {
  await own.db.collection("files").insertOne({ name: "slow" });
  const [first, second] = inserting(2) as [CheckedAppend, CheckedAppend];
  const good = checked(request([updateOne("files", { name: "slow" }, { $set: { n: 1 } })]));
  const operation = { ...good.writes[0]!.operation, filter: { $where: "sleep(4000) || true" } };
  const slow = { ...good, writes: [{ ...good.writes[0]!, operation }] } as CheckedAppend;

  const results = await store.commit([first, slow, second], { ...LIMIT, timeoutMs: 3_000 });

  expect(results).toMatchObject([
    { replayed: false },
    { kind: expect.stringMatching(/out_of_time|outcome_unknown/) },
    { replayed: false },
  ]);
});

test("more appends than fit are refused with what is in hand, and the rest is committed", async () => {
  const small = mongoAppendStore(own.mongo, own.access, { ...GROUP_RULES, pendingAppendsMax: 3 });

  const results = await small.commit(inserting(5), LIMIT);

  expect(results.filter(isRefusal)).toMatchObject([
    { kind: "too_busy", appends: 3 },
    { kind: "too_busy", appends: 3 },
  ]);
  await onceEach(3);
});

/** Transactions that nobody works in, of this database's clients. */
const IDLE = {
  $match: {
    type: "idleSession",
    appName: "outgraph-append",
    "transaction.parameters.autocommit": false,
  },
};
