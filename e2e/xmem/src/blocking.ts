import type { Neo4jServer } from "@outgraph/stack";
import { MongoClient } from "mongodb";
import { drained } from "./backlog.ts";
import { runPython } from "./python.ts";
import type { Servers } from "./servers.ts";

/** How long one call of Outgraph's clients took. */
export interface Held {
  readonly median_seconds: number;
  readonly most_seconds: number;
  readonly calls: number;
}

/** How long a call under XMem's retry rule takes until it raises. */
export interface GivenUp {
  /** With each pause at its full length. */
  readonly seconds: number;
  readonly measured_seconds: number;
  readonly attempts: number;
}

/** How long writers are held up while Neo4j is away. */
export interface Blocking {
  readonly outgraph_upsert_symbol: Held;
  readonly outgraph_create_event: Held;
  readonly direct_upsert_symbol: GivenUp;
  readonly direct_create_event: GivenUp;
}

/** The direct writer pauses for this part of XMem's time; what it comes to is reckoned up. */
const PAUSE_PART = 0.01;

/** Stops Neo4j, measures, and starts it again; resolves when everything written is applied. */
export async function blockingWithoutNeo4j(
  servers: Servers,
  neo4j: Pick<Neo4jServer, "kill" | "restart">,
  env: Readonly<Record<string, string>>,
): Promise<Blocking> {
  await using mongo = new MongoClient(servers.mongodb_uri);
  await neo4j.kill();
  const job = JSON.stringify({ servers, calls: 20, pause_part: PAUSE_PART });
  try {
    return (await runPython("blocking", [job], env))["ended"] as unknown as Blocking;
  } finally {
    await neo4j.restart();
    await drained(mongo.db(servers.database));
  }
}
