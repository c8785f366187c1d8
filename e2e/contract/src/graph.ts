import neo4j, { type Driver } from "neo4j-driver";
import type { Servers } from "./services.ts";

/** A driver for the graph; integers are bigints. */
export function graphDriver({ neo4jUri, neo4jUser, neo4jPassword }: Servers): Driver {
  const auth = neo4jUser === "" ? undefined : neo4j.auth.basic(neo4jUser, neo4jPassword);
  return neo4j.driver(neo4jUri, auth, { useBigInt: true });
}

/** Takes away all that is in the graph, which follows one outbox only. */
export async function emptyGraph(servers: Servers): Promise<void> {
  await using driver = graphDriver(servers);
  await driver.executeQuery("MATCH (n) DETACH DELETE n");
}
