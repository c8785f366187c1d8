import type {} from "@outgraph/stack/vitest";
import neo4j, { type Driver } from "neo4j-driver";
import { afterAll, inject } from "vitest";
import { Neo4jGraph } from "../adapters/neo4j/neo4j-graph.ts";

let driver: Driver | undefined;

afterAll(async () => {
  await driver?.close();
  driver = undefined;
});

/** Where the shared Neo4j is, and who may write it. */
export function neo4jAddress(): { uri: string; user: string; password: string; database: string } {
  return {
    uri: inject("neo4jUri"),
    user: inject("neo4jUser"),
    password: inject("neo4jPassword"),
    database: "",
  };
}

/** An adapter to the shared Neo4j. The test closes it. */
export function graphAdapter(
  uri: string = inject("neo4jUri"),
  transactionMsMax = 10_000,
): Neo4jGraph {
  return new Neo4jGraph({ ...neo4jAddress(), uri, transactionMsMax });
}

/** Asks the shared Neo4j, past every adapter. */
export function query<R extends Record<string, unknown>>(
  cypher: string,
  params: Record<string, unknown> = {},
): Promise<R[]> {
  const { uri, user, password } = neo4jAddress();
  const auth = password === "" ? undefined : neo4j.auth.basic(user, password);
  driver ??= neo4j.driver(uri, auth, { useBigInt: true });
  return ask<R>(driver, cypher, params);
}

/** Asks a Neo4j of the test's own, which asks nobody for a password. */
export async function queryAt<R extends Record<string, unknown>>(
  uri: string,
  cypher: string,
): Promise<R[]> {
  const own = neo4j.driver(uri, undefined, { useBigInt: true });
  try {
    return await ask<R>(own, cypher, {});
  } finally {
    await own.close();
  }
}

async function ask<R extends Record<string, unknown>>(
  driver: Driver,
  cypher: string,
  params: Record<string, unknown>,
): Promise<R[]> {
  const session = driver.session();
  try {
    const result = await session.run(cypher, params);
    return result.records.map((record) => record.toObject() as R);
  } finally {
    await session.close();
  }
}

/** Takes everything out of the shared Neo4j but constraints. */
export async function emptyGraph(): Promise<void> {
  await query("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS");
}

/** Drops every constraint and index of the shared Neo4j but those that a server has of itself. */
export async function dropSchema(): Promise<void> {
  const constraints = await query<{ name: string }>("SHOW CONSTRAINTS YIELD name");
  for (const { name } of constraints) await query(`DROP CONSTRAINT \`${name}\` IF EXISTS`);
  const indexes = await query<{ name: string }>(
    "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name",
  );
  for (const { name } of indexes) await query(`DROP INDEX \`${name}\` IF EXISTS`);
}
