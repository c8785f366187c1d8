import { MongoClient } from "mongodb";
import { type Engine, NotOurs } from "./engine.ts";
import type { MongoServer } from "./mongo-server.ts";
import { neo4jVersion } from "./neo4j-probe.ts";
import type { Neo4jAuth, Neo4jServer } from "./neo4j-server.ts";
import { waitUntil } from "./wait-until.ts";

const ANSWER_MS = 30_000;

/**
 * The MongoDB at this URI.
 *
 * @throws when it does not answer within 30 s, or is not a replica set, without which MongoDB has
 *   neither transactions nor change streams.
 */
export async function givenMongo(uri: string): Promise<MongoServer> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: ANSWER_MS });
  try {
    const admin = client.db("admin");
    const hello = await admin.command({ hello: 1 });
    if (!hello["setName"] && hello["msg"] !== "isdbgrid") {
      throw new Error("the MongoDB of OUTGRAPH_MONGODB_URI is neither a replica set nor sharded");
    }
    const { version } = await admin.command({ buildInfo: 1 });
    const refuse = (verb: string) => Promise.reject(new NotOurs(verb, uri));
    return {
      ...given(uri, version),
      members: [],
      primary: () => refuse("find the primary of"),
      stepDown: () => refuse("step down"),
    };
  } finally {
    await client.close();
  }
}

/** The Neo4j at this URI. @throws when it does not answer within 30 s. */
export async function givenNeo4j(uri: string, auth: Neo4jAuth | undefined): Promise<Neo4jServer> {
  const version = await waitUntil(() => neo4jVersion(uri, auth), {
    what: "the Neo4j of OUTGRAPH_NEO4J_URI answers",
    timeoutMs: ANSWER_MS,
    everyMs: 1_000, // a wrong password asked often locks the user out
  });
  return { ...given(uri, version), auth };
}

function given(uri: string, version: string): Engine {
  const refuse = (verb: string) => async (): Promise<never> => {
    throw new NotOurs(verb, uri);
  };
  const leave = async () => {}; // not ours to end
  return {
    uri,
    kind: "uri",
    version,
    dataDir: undefined,
    logTail: () => "",
    stop: leave,
    kill: refuse("kill"),
    pause: refuse("pause"),
    resume: refuse("resume"),
    restart: refuse("restart"),
    [Symbol.asyncDispose]: leave,
  };
}
