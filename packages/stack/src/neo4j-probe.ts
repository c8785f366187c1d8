import neo4j, { type AuthToken, type Driver } from "neo4j-driver";
import type { Neo4jAuth } from "./neo4j-server.ts";

/** Every new Neo4j has this password, and refuses all but changing it. */
const FIRST: Neo4jAuth = { username: "neo4j", password: "neo4j" };

/** The version that the server tells, once its default database answers. */
export async function neo4jVersion(uri: string, auth: Neo4jAuth | undefined): Promise<string> {
  return await askNeo4j(uri, auth, async (driver) => {
    const { records } = await driver.executeQuery(
      "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0] AS version",
    );
    return String(records[0]?.get("version"));
  });
}

/** Gives a new Neo4j its password. @throws when it has one already. */
export async function setFirstPassword(uri: string, auth: Neo4jAuth): Promise<void> {
  await askNeo4j(uri, FIRST, (driver) =>
    driver.executeQuery(
      "ALTER CURRENT USER SET PASSWORD FROM $old TO $new",
      { old: FIRST.password, new: auth.password },
      { database: "system" },
    ),
  );
}

async function askNeo4j<T>(
  uri: string,
  auth: Neo4jAuth | undefined,
  ask: (driver: Driver) => Promise<T>,
): Promise<T> {
  const driver = neo4j.driver(uri, tokenOf(auth), {
    connectionTimeout: 2_000,
    connectionAcquisitionTimeout: 5_000,
    maxTransactionRetryTime: 0, // who asks repeats by himself
  });
  try {
    return await ask(driver);
  } finally {
    await driver.close();
  }
}

function tokenOf(auth: Neo4jAuth | undefined): AuthToken {
  if (auth === undefined) return { scheme: "none", principal: "", credentials: "" };
  return neo4j.auth.basic(auth.username, auth.password);
}
