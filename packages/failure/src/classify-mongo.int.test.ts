import { randomBytes } from "node:crypto";
import { type Collection, type Document, MongoClient } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { classifyMongo, type MongoFailure } from "./classify-mongo.ts";

const database = `failure_${randomBytes(6).toString("hex")}`;
let client: MongoClient;
let things: Collection<Document>;

beforeAll(async () => {
  client = await new MongoClient(inject("mongodbUri")).connect();
  const db = client.db(database);
  things = await db.createCollection("things", { validator: { size: { $not: { $lt: 0 } } } });
});

beforeEach(async () => {
  await things.deleteMany({});
  await things.insertOne({ _id: 1 as never, n: 0 });
});

afterAll(async () => {
  await client.db(database).dropDatabase();
  await client.close();
});

/** What the failure of a call is taken for. */
async function failureOf(call: () => Promise<unknown>): Promise<MongoFailure> {
  const error = await call().then(
    () => expect.unreachable("it did not fail"),
    (thrown: unknown) => thrown,
  );
  return classifyMongo(error);
}

/** Lets these commands of this client fail so; undone at the end of the test. */
async function failing(data: Document, times: number): Promise<AsyncDisposable> {
  const admin = client.db("admin");
  const failPoint = { configureFailPoint: "failCommand" };
  await admin.command({ ...failPoint, mode: { times }, data: { appName: "failing", ...data } });
  return {
    [Symbol.asyncDispose]: async () => {
      await admin.command({ ...failPoint, mode: "off" });
    },
  };
}

function failingClient(): Promise<MongoClient> {
  const options = { appName: "failing", retryWrites: false, retryReads: false };
  return new MongoClient(inject("mongodbUri"), options).connect();
}

test("documents that cannot be written so are poison", async () => {
  const insert = (document: Document) => failureOf(() => things.insertOne(document));

  expect(await insert({ _id: 1 })).toMatchObject({ kind: "poison", code: "DuplicateKey" });
  expect(await failureOf(() => things.insertMany([{ _id: 1 as never }]))).toMatchObject({
    kind: "poison",
    code: "DuplicateKey",
  });
  expect(await insert({ size: -1 })).toMatchObject({
    kind: "poison",
    code: "DocumentValidationFailure",
  });
  expect(
    await failureOf(() => things.updateOne({}, { $set: { a: 1 }, $inc: { a: 1 } })),
  ).toMatchObject({ kind: "poison", code: "ConflictingUpdateOperators" });
  expect(await failureOf(() => things.updateOne({}, { $set: { _id: 2 } }))).toMatchObject({
    kind: "poison",
    code: "ImmutableField",
  });
  expect(await failureOf(() => things.updateOne({}, { $inc: { n: "x" as never } }))).toMatchObject({
    kind: "poison",
    code: "TypeMismatch",
  });
});

test("a value that BSON cannot hold is poison", async () => {
  const circle: Document = {};
  circle["self"] = circle;
  expect(await failureOf(() => things.insertOne(circle))).toMatchObject({
    kind: "poison",
    code: "BSONError",
  });
});

test("a document beyond 16 MiB is too big, also one that an update makes so", async () => {
  const text = "x".repeat(9 * 1024 * 1024);
  await things.insertOne({ _id: 2 as never, text });
  expect(
    await failureOf(() => things.updateOne({ _id: 2 as never }, { $set: { more: text } })),
  ).toMatchObject({ kind: "too_big" });
});

test("two transactions in each other's way are a conflict, and nothing was committed", async () => {
  await using one = client.startSession();
  await using other = client.startSession();
  one.startTransaction();
  other.startTransaction();
  await things.updateOne({ _id: 1 as never }, { $inc: { n: 1 } }, { session: one });

  const failure = await failureOf(() =>
    things.updateOne({ _id: 1 as never }, { $inc: { n: 1 } }, { session: other }),
  );
  await one.abortTransaction();

  expect(failure).toMatchObject({ kind: "transient", code: "WriteConflict", conflict: true });
  expect(failure.commit).toBe("not_committed");
});

test("a commit that the server does not know, because it aborted, was not committed", async () => {
  await using session = client.startSession();
  session.startTransaction();
  await things.insertOne({}, { session });
  await client.db("admin").command({
    killSessions: [session.id],
  });

  const failure = await failureOf(() => session.commitTransaction());

  expect(failure).toMatchObject({ kind: "transient", code: "NoSuchTransaction" });
  expect(failure.commit).toBe("not_committed");
});

test.each([
  ["an election", { errorCode: 10107 }, "NotWritablePrimary"],
  ["a shutdown", { errorCode: 91 }, "ShutdownInProgress"],
  ["a connection that breaks", { closeConnection: true }, "MongoNetworkError"],
])("%s is transient", async (_, data, code) => {
  await using broken = await failingClient();
  await using _failing = await failing({ failCommands: ["insert"], ...data }, 2);

  const insert = () => broken.db(database).collection("things").insertOne({});
  const insertMany = () => broken.db(database).collection("things").insertMany([{}]);

  expect(await failureOf(insert)).toMatchObject({ kind: "transient", code });
  expect(await failureOf(insertMany)).toMatchObject({ kind: "transient", code });
});

test.each([
  ["without a label", { errorCode: 290 }],
  ["for want of a majority", { writeConcernError: { code: 64, errmsg: "waiting timed out" } }],
  ["with the connection", { closeConnection: true }],
])("a commit that fails %s has an unknown outcome", async (_, data) => {
  await using broken = await failingClient();
  await using session = broken.startSession();
  session.startTransaction();
  await broken.db(database).collection("things").insertOne({}, { session });
  let failure: MongoFailure;
  {
    await using _failing = await failing({ failCommands: ["commitTransaction"], ...data }, 2);
    failure = await failureOf(() => session.commitTransaction());
  }
  await session.commitTransaction(); // else its locks stay for a minute

  expect(failure).toMatchObject({ kind: "transient", commit: "unknown" });
});

test("a server that is not there is transient", async () => {
  const nowhere = new MongoClient("mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100");
  expect(await failureOf(() => nowhere.db().command({ ping: 1 }))).toMatchObject({
    kind: "transient",
    code: "MongoServerSelectionError",
  });
  await nowhere.close();
});

test("a call that ran out of the time it was given is transient", async () => {
  const slow = { $where: "sleep(1000) || true" };
  expect(await failureOf(() => things.find(slow).maxTimeMS(20).toArray())).toMatchObject({
    kind: "transient",
    code: "MaxTimeMSExpired",
  });
});
