import { randomBytes } from "node:crypto";
import { setUpOutbox } from "@outgraph/outbox";
import { type MongoServer, type Neo4jServer, startMongo, startNeo4j } from "@outgraph/stack";
import { MongoClient } from "mongodb";
import neo4j, { type Driver } from "neo4j-driver";

/** Real servers, with an outbox of its own in a database that is dropped at the end. */
export interface Servers extends AsyncDisposable {
  readonly mongodbUri: string;
  readonly database: string;
  readonly client: MongoClient;
  readonly driver: Driver;
  /** What a relay process wants to be told of them. */
  readonly env: Readonly<Record<string, string>>;
}

/** Those that the environment names, or new ones. The graph is emptied first. */
export async function startServers(say: (text: string) => void): Promise<Servers> {
  const stack = new AsyncDisposableStack();
  const [mongo, graph] = await Promise.all([
    startMongo({ onProgress: say }),
    startNeo4j({ onProgress: say }),
  ]);
  stack.use(mongo);
  stack.use(graph);
  return await connect(mongo, graph, stack);
}

async function connect(
  mongo: Pick<MongoServer, "uri">,
  graph: Pick<Neo4jServer, "uri" | "auth">,
  stack: AsyncDisposableStack,
): Promise<Servers> {
  const database = `soak_${randomBytes(6).toString("hex")}`;
  const client = new MongoClient(mongo.uri);
  stack.defer(() => client.close());
  await setUpOutbox(client, database);
  stack.defer(async () => void (await client.db(database).dropDatabase()));
  const { username = "neo4j", password = "" } = graph.auth ?? {};
  const auth = graph.auth && neo4j.auth.basic(username, password);
  const driver = neo4j.driver(graph.uri, auth, { useBigInt: true });
  stack.defer(() => driver.close());
  await emptied(driver);
  return {
    mongodbUri: mongo.uri,
    database,
    client,
    driver,
    env: {
      OUTGRAPH_MONGODB_URI: mongo.uri,
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_NEO4J_URI: graph.uri,
      OUTGRAPH_NEO4J_USER: username,
      OUTGRAPH_NEO4J_PASSWORD: password,
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Takes everything out of a graph but its constraints. */
export async function emptied(driver: Driver): Promise<void> {
  const session = driver.session();
  try {
    await session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS");
  } finally {
    await session.close();
  }
}
