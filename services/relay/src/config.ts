import {
  type CommonOptions,
  choice,
  commonOptions,
  type OptionSpecs,
  text,
  whole,
} from "@outgraph/rpc-server/service";
import type { RelayOptions } from "./options.ts";

/** Everything that can be said to a relay process. */
export interface RelayConfig extends CommonOptions, Omit<RelayOptions, "holder" | "retentionMs"> {
  /** How long entries and acks are kept after the ack. */
  readonly retentionHours: number;
  /** The replica set that holds the outbox. */
  readonly mongodbUri: string;
  /** The outbox's database; empty: the URI's. */
  readonly database: string;
  readonly neo4jUri: string;
  readonly neo4jUser: string;
  /** Empty: no authentication. */
  readonly neo4jPassword: string;
  /** Empty: the user's home database. */
  readonly neo4jDatabase: string;
}

/** The options of a relay process: flags, variables, ranges and defaults. */
export const RELAY_CONFIG: OptionSpecs<RelayConfig> = {
  mongodbUri: text({
    env: "OUTGRAPH_MONGODB_URI",
    about: "The replica set that holds the outbox.",
    accepts: "a mongodb:// or mongodb+srv:// URI",
    placeholder: "uri",
    pattern: /^mongodb(\+srv)?:\/\/./,
    secret: true,
  }),
  database: text({
    env: "OUTGRAPH_DATABASE",
    about: "The database of the outbox; left out, the URI's.",
    accepts: "a database name",
    placeholder: "name",
    pattern: /^[^/\\. "$*<>:|?]{0,63}$/,
    default: "",
  }),
  neo4jUri: text({
    env: "OUTGRAPH_NEO4J_URI",
    about: "The server of the graph.",
    accepts: "a bolt:// or neo4j:// URI, with +s or +ssc for TLS",
    placeholder: "uri",
    pattern: /^(bolt|neo4j)(\+s|\+ssc)?:\/\/./,
  }),
  neo4jUser: text({
    env: "OUTGRAPH_NEO4J_USER",
    about: "Who writes the graph.",
    accepts: "a user name",
    placeholder: "name",
    default: "neo4j",
  }),
  neo4jPassword: text({
    env: "OUTGRAPH_NEO4J_PASSWORD",
    about: "That user's password; left out, no authentication.",
    accepts: "a password",
    placeholder: "word",
    default: "",
    secret: true,
  }),
  neo4jDatabase: text({
    env: "OUTGRAPH_NEO4J_DATABASE",
    about: "The database of the graph; left out, the user's home database.",
    accepts: "a database name",
    placeholder: "name",
    default: "",
  }),
  leaseTtlMs: whole({
    env: "OUTGRAPH_LEASE_TTL_MS",
    about:
      "How long the lease outlives its last renewal. After a crash another relay takes over no " +
      "earlier than this; a transaction on Neo4j may take three quarters of it.",
    min: 1_000,
    max: 300_000,
    unit: "ms",
    default: 10_000,
  }),
  batchRowsMax: whole({
    env: "OUTGRAPH_BATCH_ROWS_MAX",
    about:
      "Most mutations in one transaction. More means fewer commits, and more work repeated after a crash.",
    min: 1,
    max: 50_000,
    unit: "",
    default: 5_000,
  }),
  batchBytesMax: whole({
    env: "OUTGRAPH_BATCH_BYTES_MAX",
    about: "Most encoded bytes in one transaction; about as much waits behind it in memory.",
    min: 65_536,
    max: 67_108_864,
    unit: "bytes",
    default: 8_388_608,
  }),
  batchTargetMs: whole({
    env: "OUTGRAPH_BATCH_TARGET_MS",
    about:
      "How long one transaction on Neo4j should take: batches grow and shrink towards it. Never " +
      "more than an eighth of the lease.",
    min: 10,
    max: 60_000,
    unit: "ms",
    default: 1_000,
  }),
  retryMsMax: whole({
    env: "OUTGRAPH_RETRY_MS_MAX",
    about:
      "Longest wait between two tries of a call that fails in passing. Shorter notices sooner that " +
      "a server is back, and bothers it more.",
    min: 100,
    max: 300_000,
    unit: "ms",
    default: 5_000,
  }),
  retentionHours: whole({
    env: "OUTGRAPH_RETENTION_HOURS",
    about:
      "How long applied entries are kept. Until then a restored Neo4j is caught up again and a " +
      "repeated append gets its first answer; after it a repeat is refused.",
    min: 1,
    max: 87_600,
    unit: "hours",
    default: 168,
  }),
  onPoison: choice({
    env: "OUTGRAPH_ON_POISON",
    about:
      "What becomes of an entry that cannot be applied: park sets it aside with those that conflict " +
      "with it, and the rest goes on; halt stops everything.",
    of: ["park", "halt"],
    default: "park",
  }),
  parkedInARowMax: whole({
    env: "OUTGRAPH_PARKED_IN_A_ROW_MAX",
    about:
      "Most entries parked one after another, without one between them that could be applied. One " +
      "more halts: the fault is not theirs then.",
    min: 1,
    max: 10_000,
    unit: "",
    default: 20,
  }),
  schema: choice({
    env: "OUTGRAPH_SCHEMA",
    about:
      "Constraints and indexes that batches need: ensure makes them; require halts with their Cypher " +
      "when one is missing; off asks for nothing, and merges by a key may be slow.",
    of: ["ensure", "require", "off"],
    default: "ensure",
  }),
  ...commonOptions("127.0.0.1:8481"),
};

/** How long entries and acks are kept, in milliseconds. */
export function retentionMs({ retentionHours }: Pick<RelayConfig, "retentionHours">): number {
  return retentionHours * 3_600_000;
}

/** How long a transaction on Neo4j may take: less than the lease, whatever that is. */
export function transactionMsMax({ leaseTtlMs }: Pick<RelayOptions, "leaseTtlMs">): number {
  return Math.floor((leaseTtlMs * 3) / 4);
}
