import { type Db, type Document, MongoClient } from "mongodb";
import neo4j, { type Driver } from "neo4j-driver";
import { afterEach, expect, inject, test } from "vitest";
import { boltFailure } from "./bolt-answers.ts";
import { mongoAnswer } from "./mongo-answers.ts";
import { startProxy, type WireProxy } from "./wire-proxy.ts";

const id = crypto.randomUUID();
const shared = inject("neo4jPassword");
const auth = shared === "" ? undefined : neo4j.auth.basic(inject("neo4jUser"), shared);
let proxy: WireProxy;
let client: MongoClient;
let driver: Driver;

afterEach(async () => {
  await proxy.close();
  await client?.close();
  await driver?.close();
});

async function ask(cypher: string): Promise<unknown> {
  const direct = neo4j.driver(inject("neo4jUri"), auth);
  const { records } = await direct.executeQuery(cypher, { id });
  await direct.close();
  return records[0]?.get(0).toNumber();
}

const left = () => ask("MATCH (n:WireRequests {id: $id}) RETURN count(n)");
const forget = () => ask("MATCH (n:WireRequests {id: $id}) DETACH DELETE n RETURN count(*)");

async function write(): Promise<void> {
  const session = driver.session();
  try {
    const transaction = await session.beginTransaction();
    await transaction.run("CREATE (:WireRequests {id: $id})", { id });
    await transaction.commit();
  } finally {
    await session.close();
  }
}

const isCommit = ({ name }: { name: string }) => name === "COMMIT";

async function throughBolt(): Promise<void> {
  await forget();
  proxy = await startProxy({ target: new URL(inject("neo4jUri")).host, protocol: "bolt" });
  const config = { maxTransactionRetryTime: 0, connectionTimeout: 5_000 };
  driver = neo4j.driver(`bolt://${proxy.address}`, auth, config);
  await driver.getServerInfo();
}

test("a lost reply to COMMIT: the transaction took effect; a lost request: it did not", async () => {
  await throughBolt();
  const reply = proxy.loseReply(isCommit);
  await expect(write()).rejects.toThrow();
  expect((await reply).transaction).toEqual(["CREATE (:WireRequests {id: $id})"]);
  expect(await left()).toBe(1);

  const request = proxy.loseRequest(isCommit);
  await expect(write()).rejects.toThrow();
  await request;
  expect(await left()).toBe(1);
  await forget();
});

test("the second of those that match is lost, and the others are not", async () => {
  await throughBolt();
  const lost = proxy.loseRequest(isCommit, 2);
  await write();
  await expect(write()).rejects.toThrow();
  await lost;
  await write();
  expect(await left()).toBe(2);
  await forget();
});

test("a failure in the server's place is the driver's error, and the connection goes on", async () => {
  await throughBolt();
  const code = "Neo.TransientError.Transaction.DeadlockDetected";
  const names: string[] = [];
  const rule = proxy.onRequest(
    ({ name }) => name === "RUN",
    () => ({ answer: boltFailure(code, "said by nobody") }),
  );
  proxy.onRequest(
    () => true,
    ({ name }) => void names.push(name),
  );

  await expect(write()).rejects.toMatchObject({ code, message: "said by nobody" });
  rule[Symbol.dispose]();
  await write();

  expect(names).toContain("RESET");
  expect(await left()).toBe(1);
  await forget();
});

test("what is to happen before a reply happens then", async () => {
  await throughBolt();
  let found: unknown;
  const beforeReply = async () => {
    found = await left();
  };
  proxy.onRequest(isCommit, () => ({ beforeReply }));
  await write();
  expect(found).toBe(1);
  await forget();
});

async function throughMongo(): Promise<Db> {
  const uri = new URL(inject("mongodbUri"));
  proxy = await startProxy({ target: uri.host, protocol: "mongodb" });
  uri.host = proxy.address;
  uri.searchParams.delete("replicaSet");
  const options = { directConnection: true, retryWrites: false, appName: "wire-requests" };
  client = await new MongoClient(uri.toString(), options).connect();
  return client.db(`wire_${id.slice(0, 8)}`);
}

async function insertInTransaction(db: Db, document: Document): Promise<void> {
  await client.withSession(async (session) => {
    session.startTransaction();
    await db.collection("things").insertOne(document, { session });
    await session.commitTransaction();
  });
}

test("commitTransaction is told by what it commits, and by who asks", async () => {
  const db = await throughMongo();
  await db.createCollection("things");
  const lost = proxy.loseReply(
    ({ name, transaction, client }) =>
      name === "commitTransaction" &&
      transaction.includes("insert things") &&
      client === "wire-requests",
  );

  await insertInTransaction(db, { n: 1 }); // the driver sends the commit again

  await lost;
  expect(await db.collection("things").countDocuments()).toBe(1);
  await db.dropDatabase();
});

test("a request that was lost took no effect, whatever the client was told", async () => {
  const db = await throughMongo();
  const isInsert = ({ name, subject }: { name: string; subject: string }) =>
    name === "insert" && subject === "things";
  const lost = proxy.loseRequest(isInsert);
  await expect(db.collection("things").insertOne({ n: 1 })).rejects.toThrow();
  await lost;
  expect(await db.collection("things").countDocuments()).toBe(0);

  const errmsg = "said by nobody";
  const rule = proxy.onRequest(isInsert, (request) => ({
    answer: mongoAnswer(request, { ok: 0, code: 91, codeName: "ShutdownInProgress", errmsg }),
  }));
  await expect(db.collection("things").insertOne({ n: 1 })).rejects.toThrow(errmsg);
  rule[Symbol.dispose]();
  await db.collection("things").insertOne({ n: 1 });
  expect(await db.collection("things").countDocuments()).toBe(1);
  await db.dropDatabase();
});
