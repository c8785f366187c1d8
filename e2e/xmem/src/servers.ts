import type { Neo4jAuth } from "@outgraph/stack";

/** Where MongoDB and Neo4j are, as the Python programs take it. */
export interface Servers {
  readonly mongodb_uri: string;
  readonly neo4j_uri: string;
  /** "" when it asks nobody. */
  readonly neo4j_user: string;
  readonly neo4j_password: string;
  /** The one with the documents and, for Outgraph, the outbox. */
  readonly database: string;
}

export function serversOf(
  mongo: { readonly uri: string },
  neo4j: { readonly uri: string; readonly auth: Neo4jAuth | undefined },
  database: string,
): Servers {
  return {
    mongodb_uri: mongo.uri,
    neo4j_uri: neo4j.uri,
    neo4j_user: neo4j.auth?.username ?? "",
    neo4j_password: neo4j.auth?.password ?? "",
    database,
  };
}
