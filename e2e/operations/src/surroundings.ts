import { randomBytes } from "node:crypto";
import type {} from "@outgraph/stack/vitest";
import { MongoClient } from "mongodb";
import neo4j from "neo4j-driver";
import { inject } from "vitest";
import type { Surroundings } from "./services.ts";

/** An outbox of its own in the shared MongoDB, and the shared Neo4j, emptied. The outbox goes at the end. */
export async function surroundings(
  env: Readonly<Record<string, string>> = {},
): Promise<Surroundings & AsyncDisposable> {
  const mongodbUri = inject("mongodbUri");
  const neo4jUri = inject("neo4jUri");
  const database = `operations_${randomBytes(6).toString("hex")}`;
  const user = inject("neo4jUser");
  const auth = user === "" ? undefined : neo4j.auth.basic(user, inject("neo4jPassword"));
  const driver = neo4j.driver(neo4jUri, auth);
  await driver.executeQuery("MATCH (n) DETACH DELETE n");
  await driver.close();
  return {
    mongodbUri,
    neo4jUri,
    database,
    env,
    async [Symbol.asyncDispose]() {
      const client = new MongoClient(mongodbUri);
      await client.db(database).dropDatabase();
      await client.close();
    },
  };
}
