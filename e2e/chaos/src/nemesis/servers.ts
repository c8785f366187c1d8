import type { MongoServer, Neo4jServer } from "@outgraph/stack";
import type { Way } from "./link.ts";
import type { MemberWires } from "./member-wires.ts";

/** The MongoDB and the Neo4j of a run. */
export interface Servers extends AsyncDisposable {
  readonly mongodbUri: string;
  /** Of the outbox and the documents; nothing else is in it. */
  readonly database: string;
  /** The members of the set. */
  readonly mongodbWays: readonly Way[];
  readonly neo4jUri: string;
  readonly neo4jUser: string;
  /** "": nobody is asked. */
  readonly neo4jPassword: string;
  /** "": the user's home database. */
  readonly neo4jDatabase: string;
  readonly neo4jWays: readonly Way[];
  /** Whether what is said to them can be read on the way. */
  readonly encrypted: { readonly mongodb: boolean; readonly neo4j: boolean };
  /** What may be harmed; undefined for servers that are somebody else's. */
  readonly own: OwnServers | undefined;
}

/** Servers that were started for the run, and may be harmed. */
export interface OwnServers {
  readonly mongo: MongoServer;
  readonly neo4j: Neo4jServer;
  readonly wires: MemberWires;
}
