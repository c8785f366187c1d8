import { existsSync } from "node:fs";
import neo4j, { type AuthToken } from "neo4j-driver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findJava, JavaMissing } from "./find-java.ts";
import { NEO4J_RELEASES } from "./neo4j-release.ts";
import type { Neo4jServer } from "./neo4j-server.ts";
import { startNeo4j } from "./start.ts";

const auth = { username: "neo4j", password: "correct horse" };
const token = neo4j.auth.basic(auth.username, auth.password);
let server: Neo4jServer;

beforeAll(async () => {
  server = await startNeo4j({ from: "process", auth, quickStart: true });
});

afterAll(() => server.stop());

async function namesOfThings(as: AuthToken): Promise<unknown[]> {
  const driver = neo4j.driver(server.uri, as);
  try {
    const { records } = await driver.executeQuery("MATCH (n:Thing) RETURN n.name AS name");
    return records.map((record) => record.get("name"));
  } finally {
    await driver.close();
  }
}

test("a Neo4j of our own is the version that was asked for, with its data in a folder", () => {
  expect(server).toMatchObject({ kind: "process", version: "5.26.12", auth });
  expect(existsSync(server.dataDir ?? "")).toBe(true);
});

test("a Neo4j with a password lets nobody in without it", async () => {
  expect(await namesOfThings(token)).toEqual([]);

  const wrong = neo4j.auth.basic("neo4j", "wrong");
  await expect(namesOfThings(wrong)).rejects.toThrow(/unauthorized/i);
});

test("what was committed outlives SIGKILL and restart, at the same address", async () => {
  const { uri } = server;
  const driver = neo4j.driver(uri, token);
  await driver.executeQuery("CREATE (:Thing {name: 'kept'})");
  await driver.close();

  await server.kill();
  await server.restart();

  expect(server.uri).toBe(uri);
  expect(await namesOfThings(token)).toEqual(["kept"]);
}, 120_000);

test("stop removes the data", async () => {
  await server.stop();
  expect(existsSync(server.dataDir ?? "")).toBe(false);
});

const newer = "2026.01.3";
const java = await findJava(NEO4J_RELEASES[newer].java, `Neo4j ${newer}`).catch(
  (error: unknown) => {
    if (!(error instanceof JavaMissing)) throw error;
    console.log(`Neo4j ${newer} test skipped: ${error.message}`);
  },
);

test.skipIf(!java)(
  `Neo4j ${newer} starts on a Java of its own`,
  async () => {
    await using server = await startNeo4j({ from: "process", version: newer, quickStart: true });
    expect(server).toMatchObject({ version: newer, auth: undefined });
  },
  240_000,
);
