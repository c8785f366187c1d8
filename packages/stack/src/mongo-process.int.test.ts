import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { describe, expect, test } from "vitest";
import { makeCertificate } from "./certificate.ts";
import { copyData } from "./data-copy.ts";
import type { MongoServer } from "./mongo-server.ts";
import { startMongo } from "./start.ts";
import { stateOf } from "./test/linux-process.ts";
import { waitUntil } from "./wait-until.ts";

async function withClient<T>(
  mongo: MongoServer,
  use: (client: MongoClient) => Promise<T>,
): Promise<T> {
  const client = new MongoClient(mongo.uri);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const namesIn = (client: MongoClient) => client.db("stack").collection("things").distinct("name");

describe("a MongoDB of our own", () => {
  test("takes a transaction of two collections, as a whole or not at all", async () => {
    await using mongo = await startMongo({ from: "process" });
    expect(mongo).toMatchObject({ kind: "process", version: "6.0.5" });

    await withClient(mongo, async (client) => {
      const [a, b] = [client.db("stack").collection("a"), client.db("stack").collection("b")];
      await client.withSession((session) =>
        session.withTransaction(async () => {
          await a.insertOne({ kept: true }, { session });
          await b.insertOne({ kept: true }, { session });
        }),
      );
      await client.withSession(async (session) => {
        session.startTransaction();
        await a.insertOne({ kept: false }, { session });
        await session.abortTransaction();
      });

      expect(await Promise.all([a.countDocuments(), b.countDocuments()])).toEqual([1, 1]);
    });
  });

  test("keeps what was written with majority over SIGKILL and restart, at the same address", async () => {
    await using mongo = await startMongo({ from: "process" });
    const { uri } = mongo;
    await withClient(mongo, (client) =>
      client
        .db("stack")
        .collection("things")
        .insertOne({ name: "kept" }, { writeConcern: { w: "majority", j: true } }),
    );
    const before = mongo.members[0]?.pid ?? 0;

    await mongo.kill();
    expect(stateOf(before)).toBe("gone");
    await mongo.restart();

    expect(mongo.uri).toBe(uri);
    expect(await withClient(mongo, namesIn)).toEqual(["kept"]);
  });

  test("answers nothing while paused, and goes on when resumed", async () => {
    await using mongo = await startMongo({ from: "process" });
    await withClient(mongo, async (client) => {
      await client.db("admin").command({ ping: 1 });
      const pid = mongo.members[0]?.pid ?? 0;

      await mongo.pause();
      await waitUntil(() => stateOf(pid) === "T", { what: "mongod stopped", timeoutMs: 5_000 });
      let resumed = false;
      const ping = client.db("admin").command({ ping: 1 });
      const answeredAfterResume = ping.then(() => resumed);
      resumed = true;
      await mongo.resume();

      expect(await answeredAfterResume).toBe(true);
    });
  });

  test("leaves no process and no data behind", async () => {
    const mongo = await startMongo({ from: "process" });
    const { pid = 0, dataDir = "" } = mongo.members[0] ?? {};
    expect(existsSync(dataDir)).toBe(true);

    await mongo.stop();

    expect(stateOf(pid)).toBe("gone");
    expect(existsSync(mongo.dataDir ?? "")).toBe(false);
    expect(mongo.logTail()).not.toBe("");
  });

  test("shows the end of its log when it does not start", async () => {
    const start = startMongo({ from: "process", parameters: { noSuchParameter: 1 } });
    await expect(start).rejects.toThrow(/ended at its start[\s\S]*noSuchParameter/);
  });

  test("starts on a copy of another's data, at another address", async () => {
    const folder = await mkdtemp(join(tmpdir(), "outgraph-copy-test-"));
    try {
      const original = await startMongo({ from: "process", dataDir: join(folder, "original") });
      await withClient(original, (client) =>
        client.db("stack").collection("things").insertOne({ name: "copied" }),
      );
      await original.stop();
      await cp(join(folder, "original"), join(folder, "copy"), { recursive: true });

      await using copy = await startMongo({ from: "process", dataDir: join(folder, "copy") });

      expect(copy.uri).not.toBe(original.uri);
      expect(await withClient(copy, namesIn)).toEqual(["copied"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test("a copy of its data can be put back, at the same address", async () => {
  await using mongo = await startMongo({ from: "process" });
  const insert = (name: string) =>
    withClient(mongo, (client) =>
      client
        .db("stack")
        .collection("things")
        .insertOne({ name }, { writeConcern: { w: "majority", j: true } }),
    );
  await insert("before");
  await using copy = await copyData(mongo);
  await mongo.restart();
  await insert("after");

  await copy.putBack();

  expect(await withClient(mongo, namesIn)).toEqual(["before"]);
});

test("one that asks who somebody is lets in its first user, over TLS, and no stranger", async () => {
  await using tls = await makeCertificate();
  const auth = { username: "root", password: "p@ss word" };
  await using mongo = await startMongo({ auth, tls });
  const address = mongo.members[0]?.address;

  expect(await withClient(mongo, namesIn)).toEqual([]);
  const stranger = new MongoClient(`mongodb://${address}/?directConnection=true`);
  await expect(stranger.db("stack").collection("things").findOne()).rejects.toThrow(
    /requires authentication/,
  );
  await stranger.close();
  const trusting = new MongoClient(mongo.uri.replace(/&tlsCAFile=[^&]*/, ""), {
    serverSelectionTimeoutMS: 1_000,
  });
  await expect(trusting.db("stack").collection("things").findOne()).rejects.toThrow(/certificate/);
  await trusting.close();
});

describe("a replica set of three", () => {
  test("has another primary after a step-down, and after the primary is killed", async () => {
    await using mongo = await startMongo({ members: 3 });
    expect(mongo.members).toHaveLength(3);
    await withClient(mongo, async (client) => {
      const things = client.db("stack").collection("things", { writeConcern: { w: "majority" } });
      await things.insertOne({ name: "first" });
      const first = await mongo.primary();

      await mongo.stepDown();
      const second = await mongo.primary();
      expect(second.address).not.toBe(first.address);
      await things.insertOne({ name: "second" });

      await second.kill();
      await things.insertOne({ name: "third" }); // the driver waits for the new primary
      expect((await mongo.primary()).address).not.toBe(second.address);
      await second.restart();

      expect(await things.distinct("name")).toEqual(["first", "second", "third"]);
    });
  });
});
