import type { TestProject } from "vitest/node";
import { startMongo, startNeo4j } from "./start.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A replica set with test commands on, shared: use a database name of your own. */
    mongodbUri: string;
    /** A Neo4j 5.26, shared: wipe it before each test. */
    neo4jUri: string;
    /** "" when the server asks nobody. */
    neo4jUser: string;
    /** "" when the server asks nobody. */
    neo4jPassword: string;
  }
}

/**
 * Vitest's global set-up: one MongoDB and one Neo4j for all integration tests, those of
 * `OUTGRAPH_MONGODB_URI` and `OUTGRAPH_NEO4J_URI` when given. Returns the teardown.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const onProgress = (text: string) => console.log(`stack: ${text}`);
  const [mongo, neo4j] = await Promise.allSettled([
    startMongo({ testCommands: true, onProgress }),
    startNeo4j({ quickStart: true, onProgress }),
  ]);
  const teardown = async () => {
    const started = [mongo, neo4j].filter((each) => each.status === "fulfilled");
    await Promise.all(started.map(({ value }) => value.stop()));
  };
  if (mongo.status === "rejected" || neo4j.status === "rejected") {
    await teardown();
    throw mongo.status === "rejected" ? mongo.reason : (neo4j as PromiseRejectedResult).reason;
  }
  project.provide("mongodbUri", mongo.value.uri);
  project.provide("neo4jUri", neo4j.value.uri);
  project.provide("neo4jUser", neo4j.value.auth?.username ?? "");
  project.provide("neo4jPassword", neo4j.value.auth?.password ?? "");
  return teardown;
}
