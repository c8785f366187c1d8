import { MongoClient } from "mongodb";
import neo4j, { type Driver } from "neo4j-driver";
import type { Servers } from "./servers.ts";

/** Everything but the relay's own nodes. */
const OURS = "none(label IN labels(n) WHERE label STARTS WITH 'Outgraph')";
const VECTOR_INDEXES = [
  "symbol_summary_vec_idx",
  "symbol_code_vec_idx",
  "file_summary_vec_idx",
] as const;

/** The documents of XMem's code store. */
const COLLECTIONS = ["raw_files", "raw_symbols", "scan_runs"] as const;

export function graphDriver(servers: Servers): Driver {
  return neo4j.driver(
    servers.neo4j_uri,
    neo4j.auth.basic(servers.neo4j_user || "neo4j", servers.neo4j_password),
  );
}

/** Takes documents and graph away. Entries must be applied. */
export async function clear(servers: Servers): Promise<void> {
  await using driver = graphDriver(servers);
  await using session = driver.session();
  await session.run(
    `MATCH (n) WHERE ${OURS} CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS`,
  );
  await using mongo = new MongoClient(servers.mongodb_uri);
  for (const name of COLLECTIONS) await mongo.db(servers.database).collection(name).deleteMany({});
}

/** Takes the indexes away that are made for vectors of one length. */
export async function dropVectorIndexes(servers: Servers): Promise<void> {
  await using driver = graphDriver(servers);
  for (const name of VECTOR_INDEXES) await driver.executeQuery(`DROP INDEX ${name} IF EXISTS`);
}
