import { type MongoServer, type Neo4jServer, startMongo, startNeo4j } from "@outgraph/stack";

/** A MongoDB and a Neo4j of our own: they are killed. */
export interface Engines extends AsyncDisposable {
  readonly mongo: MongoServer;
  readonly neo4j: Neo4jServer;
}

/** Starts both, installing them first where that was never done. */
export async function startEngines(onProgress: (text: string) => void): Promise<Engines> {
  // Engines that the environment names may be anybody's.
  delete process.env["OUTGRAPH_MONGODB_URI"];
  delete process.env["OUTGRAPH_NEO4J_URI"];
  await using started = new AsyncDisposableStack();
  const starting = [startMongo({ onProgress }), startNeo4j({ onProgress, heapMb: 1024 })] as const;
  // Both are waited for even when one fails, so that the other is stopped too.
  await Promise.allSettled(starting.map(async (engine) => started.use(await engine)));
  const [mongo, neo4j] = await Promise.all(starting);
  const rest = started.move();
  return { mongo, neo4j, [Symbol.asyncDispose]: () => rest.disposeAsync() };
}
