import { waysToTry } from "./choose.ts";
import { containerEngineAnswers, NoContainerEngine } from "./container-engine.ts";
import type { EngineKind, Progress } from "./engine.ts";
import { givenMongo, givenNeo4j } from "./given-engine.ts";
import { startMongoContainer } from "./mongo-container.ts";
import { startMongoProcess } from "./mongo-process.ts";
import type { MongoOptions, MongoServer } from "./mongo-server.ts";
import { startNeo4jContainer } from "./neo4j-container.ts";
import { startNeo4jProcess } from "./neo4j-process.ts";
import type { Neo4jAuth, Neo4jOptions, Neo4jServer } from "./neo4j-server.ts";

/**
 * A MongoDB replica set with a writable primary: the one of `OUTGRAPH_MONGODB_URI`, or one in a
 * container, or one of processes from packages, whichever is there first.
 *
 * @throws when no way leads to one; the error says what each lacks.
 */
export async function startMongo(options: MongoOptions = {}): Promise<MongoServer> {
  const uri = process.env["OUTGRAPH_MONGODB_URI"];
  const ways = waysToTry({
    from: options.from,
    forced: process.env["OUTGRAPH_STACK"],
    uri,
    uriVariable: "OUTGRAPH_MONGODB_URI",
    ownProcess:
      options.members === 3 ||
      options.dataDir !== undefined ||
      options.auth !== undefined ||
      options.tls !== undefined,
  });
  return await firstOf("MongoDB", ways, options.onProgress, {
    uri: () => givenMongo(uri ?? ""),
    container: () => whenAnswering(() => startMongoContainer(options)),
    process: () => startMongoProcess(options),
  });
}

/**
 * A Neo4j whose default database answers: the one of `OUTGRAPH_NEO4J_URI` (with
 * `OUTGRAPH_NEO4J_USER` and `OUTGRAPH_NEO4J_PASSWORD`), or one in a container, or a process from
 * packages, whichever is there first.
 *
 * @throws when no way leads to one; the error says what each lacks.
 */
export async function startNeo4j(options: Neo4jOptions = {}): Promise<Neo4jServer> {
  const uri = process.env["OUTGRAPH_NEO4J_URI"];
  const ways = waysToTry({
    from: options.from,
    forced: process.env["OUTGRAPH_STACK"],
    uri,
    uriVariable: "OUTGRAPH_NEO4J_URI",
    ownProcess: options.dataDir !== undefined || options.tls !== undefined,
  });
  return await firstOf("Neo4j", ways, options.onProgress, {
    uri: () => givenNeo4j(uri ?? "", givenAuth()),
    container: () => whenAnswering(() => startNeo4jContainer(options)),
    process: () => startNeo4jProcess(options),
  });
}

function givenAuth(): Neo4jAuth | undefined {
  const password = process.env["OUTGRAPH_NEO4J_PASSWORD"];
  if (!password) return undefined;
  return { username: process.env["OUTGRAPH_NEO4J_USER"] || "neo4j", password };
}

async function whenAnswering<T>(start: () => Promise<T>): Promise<T> {
  if (!(await containerEngineAnswers())) throw new NoContainerEngine();
  return await start();
}

async function firstOf<T>(
  what: string,
  ways: readonly EngineKind[],
  progress: Progress | undefined,
  start: Readonly<Record<EngineKind, () => Promise<T>>>,
): Promise<T> {
  const faults: unknown[] = [];
  for (const way of ways) {
    try {
      return await start[way]();
    } catch (error) {
      faults.push(error);
      // That there is no container engine is the ordinary case, and not worth a line.
      const next = ways[ways.indexOf(way) + 1];
      if (next && !(error instanceof NoContainerEngine)) {
        progress?.(`${what} by ${way} failed, trying ${next}: ${messageOf(error)}`);
      }
    }
  }
  if (faults.length === 1) throw faults[0];
  throw new AggregateError(faults, `no ${what}: ${faults.map(messageOf).join("; ")}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
