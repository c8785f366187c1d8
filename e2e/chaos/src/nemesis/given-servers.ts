import { lookup } from "node:dns/promises";
import { MongoClient } from "mongodb";
import neo4j, { type Driver } from "neo4j-driver";
import type { Way } from "./link.ts";
import type { Given } from "./options.ts";
import { scratchDatabase } from "./scratch-database.ts";
import { scratchGraph } from "./scratch-graph.ts";
import type { Servers } from "./servers.ts";

/**
 * Servers of the user's: the scratch places are claimed, and every address that our processes may
 * connect to is found, so that they can be led over wires of ours.
 *
 * @param keep leaves what is written there, at the end.
 * @throws ScratchRefused when a place holds anything that is not ours; nothing was written then.
 */
export async function openGivenServers(given: Given, keep: boolean): Promise<Servers> {
  await using stack = new AsyncDisposableStack();
  const found = new Set<string>();
  const client = new MongoClient(given.mongodbUri, { serverSelectionTimeoutMS: 15_000 });
  client.on("serverOpening", ({ address }) => found.add(address));
  stack.defer(() => client.close());
  const tls = client.options.tls;
  const hello = await client.db("admin").command({ hello: 1 });
  if (!hello["setName"] && hello["msg"] !== "isdbgrid") {
    throw new Error("the MongoDB of --mongodb-uri is neither a replica set nor sharded");
  }
  for (const host of [...(hello["hosts"] ?? []), ...(hello["passives"] ?? [])]) found.add(host);
  const driver = driverOf(given);
  stack.defer(() => driver.close());
  const neo4jWays = await waysToNeo4j(given, driver);

  // Both are looked at before either is written to.
  const graph = scratchGraph(driver, given.neo4jDatabase);
  const database = scratchDatabase(client, given.mongodbDatabase);
  await Promise.all([graph.look(), database.look()]);
  for (const place of [graph, database]) {
    const { clear } = await place.take();
    if (!keep) stack.defer(clear);
  }
  const rest = stack.move();
  return {
    mongodbUri: given.mongodbUri,
    database: given.mongodbDatabase,
    mongodbWays: [...found].map((address) => wayTo(address)),
    neo4jUri: given.neo4jUri,
    neo4jUser: given.neo4jUser,
    neo4jPassword: given.neo4jPassword,
    neo4jDatabase: given.neo4jDatabase,
    neo4jWays,
    encrypted: { mongodb: tls, neo4j: given.neo4jUri.includes("+s") },
    own: undefined,
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

function driverOf({ neo4jUri, neo4jUser, neo4jPassword }: Given): Driver {
  const login = neo4jPassword === "" ? undefined : neo4j.auth.basic(neo4jUser, neo4jPassword);
  return neo4j.driver(neo4jUri, login, { connectionTimeout: 15_000, useBigInt: true });
}

const BOLT_PORT = 7687;

/** The server itself, and those that a routing table names. */
async function waysToNeo4j(given: Given, driver: Driver): Promise<readonly Way[]> {
  const { hostname, port, protocol } = new URL(given.neo4jUri);
  const found = new Set([`${hostname}:${port || BOLT_PORT}`]);
  if (protocol.startsWith("neo4j")) {
    const { records } = await driver.executeQuery(
      "CALL dbms.routing.getRoutingTable({}, $database)",
      { database: given.neo4jDatabase || null },
    );
    for (const record of records) {
      for (const { addresses } of record.get("servers") as { addresses: string[] }[]) {
        for (const address of addresses) found.add(address);
      }
    }
  } else {
    await driver.getServerInfo();
  }
  return await Promise.all([...found].map(withNumbers));
}

// Neo4j's driver looks names up by itself, and connects to what it found.
async function withNumbers(address: string): Promise<Way> {
  const way = wayTo(address);
  const [host = "", port] = address.split(":");
  const numbers = await lookup(host, { all: true });
  return { ...way, names: [address, ...numbers.map(({ address: at }) => `${at}:${port}`)] };
}

function wayTo(address: string): Way {
  if (address.split(":").length !== 2) {
    throw new Error(`${address}: a host that is written as an IPv6 address is not understood`);
  }
  return { target: address, names: [address] };
}
