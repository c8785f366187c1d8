import { type MongoServer, type Neo4jServer, startMongo, startNeo4j } from "@outgraph/stack";
import { MongoClient } from "mongodb";
import neo4j, { type Driver } from "neo4j-driver";
import type { Phase } from "./screen/screen.ts";

/** A MongoDB and a Neo4j of the demo's own, and drivers to look into them. */
export interface Engines extends AsyncDisposable {
  readonly mongo: MongoServer;
  readonly neo4j: Neo4jServer;
  readonly client: MongoClient;
  readonly driver: Driver;
}

/** The database with the documents and the outbox. */
export const DATABASE = "codebase";

/**
 * Starts both engines, installing them first where that was never done.
 *
 * Engines that the environment names are left alone: they may be anybody's, and the demo kills them.
 */
export async function startEngines(phase: Phase): Promise<Engines> {
  delete process.env["OUTGRAPH_MONGODB_URI"];
  delete process.env["OUTGRAPH_NEO4J_URI"];
  await using started = new AsyncDisposableStack();
  const onProgress = (text: string): void => phase.note(text);
  const starting = [startMongo({ onProgress }), startNeo4j({ onProgress })] as const;
  // Both are waited for even when one fails, so that the other is stopped too.
  await Promise.allSettled(starting.map(async (engine) => started.use(await engine)));
  const [mongo, graph] = await Promise.all(starting);
  const client = started.adopt(new MongoClient(mongo.uri), (each) => each.close());
  const driver = started.adopt(neo4jDriver(graph), (each) => each.close());
  const rest = started.move();
  return { mongo, neo4j: graph, client, driver, [Symbol.asyncDispose]: () => rest.disposeAsync() };
}

function neo4jDriver({ uri, auth }: Neo4jServer): Driver {
  const login = auth && neo4j.auth.basic(auth.username, auth.password);
  return neo4j.driver(uri, login, { useBigInt: true });
}
