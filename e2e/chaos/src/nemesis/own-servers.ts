import { startMongo, startNeo4j } from "@outgraph/stack";
import { wireMembers } from "./member-wires.ts";
import type { Servers } from "./servers.ts";

/** Starts a replica set of three, whose members meet over wires of ours, and a Neo4j. */
export async function startOwnServers(onProgress: (text: string) => void): Promise<Servers> {
  await using stack = new AsyncDisposableStack();
  const starting = [
    startMongo({ from: "process", members: 3, testCommands: true, onProgress }),
    startNeo4j({ from: "process", quickStart: true, onProgress }),
  ] as const;
  // Both are waited for even when one fails, so that the other is stopped too.
  await Promise.allSettled(starting.map(async (engine) => stack.use(await engine)));
  const [mongo, neo4j] = await Promise.all(starting);
  const wires = stack.use(await wireMembers(mongo));
  const rest = stack.move();
  return {
    mongodbUri: `mongodb://${wires.advertised.join(",")}/?replicaSet=rs0`,
    database: "chaos",
    // Ours go to the members themselves, past the wires between members.
    mongodbWays: mongo.members.map(({ address }, i) => ({
      target: address,
      names: [wires.advertised[i] ?? ""],
    })),
    neo4jUri: neo4j.uri,
    neo4jUser: neo4j.auth?.username ?? "neo4j",
    neo4jPassword: neo4j.auth?.password ?? "",
    neo4jDatabase: "",
    neo4jWays: [{ target: hostOf(neo4j.uri), names: [hostOf(neo4j.uri)] }],
    encrypted: { mongodb: false, neo4j: false },
    own: { mongo, neo4j, wires },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

function hostOf(uri: string): string {
  return new URL(uri).host;
}
