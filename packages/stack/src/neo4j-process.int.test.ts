import { existsSync } from "node:fs";
import neo4j, { type Driver } from "neo4j-driver";
import { expect, test } from "vitest";
import type { Neo4jServer } from "./neo4j-server.ts";
import { startNeo4j } from "./start.ts";

async function withDriver<T>(server: Neo4jServer, use: (driver: Driver) => Promise<T>): Promise<T> {
  const { auth } = server;
  const driver = neo4j.driver(server.uri, auth && neo4j.auth.basic(auth.username, auth.password));
  try {
    return await use(driver);
  } finally {
    await driver.close();
  }
}

test("a Neo4j of our own keeps what was committed over SIGKILL and restart", async () => {
  const server = await startNeo4j({ from: "process" });
  try {
    expect(server).toMatchObject({ kind: "process", version: "5.26.12" });
    await withDriver(server, (driver) => driver.executeQuery("CREATE (:Thing {name: 'kept'})"));

    await server.kill();
    await server.restart();

    const { records } = await withDriver(server, (driver) =>
      driver.executeQuery("MATCH (n:Thing) RETURN n.name AS name"),
    );
    expect(records.map((record) => record.get("name"))).toEqual(["kept"]);
  } finally {
    await server.stop();
  }
  expect(existsSync(server.dataDir ?? "")).toBe(false);
}, 120_000);

test("a Neo4j with a password lets nobody in without it", async () => {
  const auth = { username: "neo4j", password: "correct horse" };
  await using server = await startNeo4j({ from: "process", auth });

  const { records } = await withDriver(server, (driver) => driver.executeQuery("RETURN 1 AS one"));
  expect(records).toHaveLength(1);

  const stranger = neo4j.driver(server.uri);
  await expect(stranger.verifyConnectivity()).rejects.toThrow(/authentication/i);
  await stranger.close();
}, 120_000);
