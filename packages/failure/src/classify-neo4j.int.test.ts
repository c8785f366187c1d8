import neo4j, { type Driver } from "neo4j-driver";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { classifyNeo4j } from "./classify-neo4j.ts";
import type { Failure } from "./failure.ts";

let driver: Driver;

beforeAll(async () => {
  const user = inject("neo4jUser");
  const auth = user === "" ? undefined : neo4j.auth.basic(user, inject("neo4jPassword"));
  driver = neo4j.driver(inject("neo4jUri"), auth, { maxTransactionRetryTime: 0 });
  const constraint = "CREATE CONSTRAINT failure_thing IF NOT EXISTS FOR (t:FailureThing)";
  await run(`${constraint} REQUIRE t.id IS UNIQUE`);
});

beforeEach(() => run("MATCH (t:FailureThing) DETACH DELETE t"));

afterAll(async () => {
  await run("MATCH (t:FailureThing) DETACH DELETE t");
  await run("DROP CONSTRAINT failure_thing IF EXISTS");
  await driver.close();
});

async function run(cypher: string, params = {}, config: { timeout?: number } = {}): Promise<void> {
  const session = driver.session();
  try {
    const transaction = session.beginTransaction(config);
    await transaction.run(cypher, params);
    await transaction.commit();
  } finally {
    await session.close();
  }
}

/** What the failure of a statement is taken for. */
async function failureOf(cypher: string, params = {}, config = {}): Promise<Failure> {
  const error = await run(cypher, params, config).then(
    () => expect.unreachable("it did not fail"),
    (thrown: unknown) => thrown,
  );
  return classifyNeo4j(error);
}

test.each([
  ["a broken uniqueness constraint", "CREATE (:FailureThing {id: 1}), (:FailureThing {id: 1})", {}],
  ["a null key", "MERGE (:FailureThing {id: $id})", { id: null }],
  ["a key too large for its index", "MERGE (:FailureThing {id: $id})", { id: "x".repeat(9_000) }],
  ["a value that is no property", "CREATE (t:FailureThing) SET t.p = $map", { map: { a: 1 } }],
  ["a mixed list", "CREATE (t:FailureThing) SET t.p = $list", { list: [1, "a"] }],
  ["a division by zero", "RETURN 1 / $zero", { zero: neo4j.int(0) }],
  ["an overflow", "RETURN 9223372036854775807 + $one", { one: neo4j.int(1) }],
  ["a text that is no date", "RETURN date($text)", { text: "no such end" }],
])("%s is poison", async (_, cypher, params) => {
  expect((await failureOf(cypher, params)).kind).toBe("poison");
});

test("a transaction that took longer than it may is too big", async () => {
  const long = "UNWIND range(1, 1000000000) AS x RETURN count(x % 7)";
  expect(await failureOf(long, {}, { timeout: 300 })).toMatchObject({
    kind: "too_big",
    code: "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
  });
});

test("a transaction that waited too long for another's lock is not too big, but transient", async () => {
  await run("CREATE (:FailureThing {id: 1})");
  const session = driver.session();
  const holder = session.beginTransaction();
  try {
    await holder.run("MATCH (t:FailureThing {id: 1}) SET t.held = true");

    const waiting = "MATCH (t:FailureThing {id: 1}) SET t.held = false";
    expect(await failureOf(waiting, {}, { timeout: 300 })).toMatchObject({ kind: "transient" });
  } finally {
    await holder.rollback();
    await session.close();
  }
});

test("a server that is not there is transient", async () => {
  const nowhere = neo4j.driver("bolt://127.0.0.1:9", undefined, { maxTransactionRetryTime: 0 });
  const error = await nowhere.executeQuery("RETURN 1").catch((thrown: unknown) => thrown);
  expect(classifyNeo4j(error)).toMatchObject({ kind: "transient", code: "ServiceUnavailable" });
  await nowhere.close();
});

test("a database that is not there keeps everything and asks a person", async () => {
  const session = driver.session({ database: "nowhere" });
  const error = await session.run("RETURN 1").catch((thrown: unknown) => thrown);
  expect(classifyNeo4j(error)).toMatchObject({ kind: "unknown" });
  await session.close();
});
