import {
  type CommonOptions,
  commonOptions,
  type OptionSpecs,
  onOff,
  text,
  whole,
} from "@outgraph/rpc-server/service";

/** Everything that can be said to an append service. */
export interface AppendOptions extends CommonOptions {
  /** The replica set that holds documents and outbox. */
  readonly mongodbUri: string;
  /** The outbox's database, and that of writes which name none; empty: the URI's. */
  readonly database: string;
  /** Whether to make the outbox's collections when they are missing. */
  readonly setup: boolean;
  /** How long one append may take inside the service, in milliseconds. 100 to 300 000; default 10 000. */
  readonly appendTimeoutMs: number;
  /** At so many waiting entries, appends are refused. 0 (no cap) to 1 000 000 000; default 1 000 000. */
  readonly backlogEntriesMax: number;
  /** The most appends that share a transaction. 1 (each has its own) to 1 000; default 128. */
  readonly groupAppendsMax: number;
  /** The most shared transactions under way. 1 to 64; default 1. */
  readonly groupsMax: number;
  /** The most appends waiting or under way. 1 to 1 000 000; default 10 000. */
  readonly pendingAppendsMax: number;
  /** The most bytes of documents and entries waiting or under way. 1 MiB to 16 GiB; default 128 MiB. */
  readonly pendingBytesMax: number;
  /** The most calls that wait for entries at a time. 1 to 1 000 000; default 10 000. */
  readonly waitsMax: number;
}

/** The options: flags, variables, ranges and defaults. */
export const APPEND_OPTIONS: OptionSpecs<AppendOptions> = {
  mongodbUri: text({
    env: "OUTGRAPH_MONGODB_URI",
    about: "The replica set that holds documents and outbox.",
    accepts: "a mongodb:// or mongodb+srv:// URI",
    placeholder: "uri",
    pattern: /^mongodb(\+srv)?:\/\/./,
    secret: true,
  }),
  database: text({
    env: "OUTGRAPH_DATABASE",
    about: "The database of the outbox, and of writes that name none; left out, the URI's.",
    accepts: "a database name",
    placeholder: "name",
    pattern: /^[^/\\. "$*<>:|?]{0,63}$/,
    default: "",
  }),
  ...commonOptions("127.0.0.1:8480"),
  setup: onOff({
    env: "OUTGRAPH_SETUP",
    about: "Makes the outbox's collections and indexes when they are missing.",
    default: true,
  }),
  appendTimeoutMs: whole({
    env: "OUTGRAPH_APPEND_TIMEOUT_MS",
    about:
      "How long one append may take inside the service, and less when its caller's deadline is " +
      "nearer. Longer rides out longer elections; shorter tells the caller sooner.",
    min: 100,
    max: 300_000,
    unit: "ms",
    default: 10_000,
  }),
  backlogEntriesMax: whole({
    env: "OUTGRAPH_BACKLOG_ENTRIES_MAX",
    about:
      "At so many entries that wait for the relay, as the relay says, appends are refused until " +
      "there are fewer; 0 for no cap. More rides out a longer outage of Neo4j.",
    min: 0,
    max: 1_000_000_000,
    unit: "",
    default: 1_000_000,
  }),
  groupAppendsMax: whole({
    env: "OUTGRAPH_GROUP_APPENDS_MAX",
    about:
      "The most appends that share a transaction; 1 gives each its own. More carries more appends " +
      "a second, and has more to repeat one by one when one of them fails.",
    min: 1,
    max: 1_000,
    unit: "",
    default: 128,
  }),
  groupsMax: whole({
    env: "OUTGRAPH_GROUPS_MAX",
    about:
      "The most shared transactions under way. With more, groups are smaller, and in each other's " +
      "way where appends write the same documents; one far from MongoDB may still gain.",
    min: 1,
    max: 64,
    unit: "",
    default: 1,
  }),
  pendingAppendsMax: whole({
    env: "OUTGRAPH_PENDING_APPENDS_MAX",
    about:
      "The most appends that wait or are under way; beyond it they are refused with a delay. More " +
      "rides out a longer stall of MongoDB, and takes more memory.",
    min: 1,
    max: 1_000_000,
    unit: "",
    default: 10_000,
  }),
  pendingBytesMax: whole({
    env: "OUTGRAPH_PENDING_BYTES_MAX",
    about:
      "The most bytes of documents and entries that wait or are under way, as they were sent; " +
      "decoded they take several times that.",
    min: 1_048_576,
    max: 17_179_869_184,
    unit: "",
    default: 134_217_728,
  }),
  waitsMax: whole({
    env: "OUTGRAPH_WAITS_MAX",
    about: "The most calls that wait for entries at a time; each takes a little memory.",
    min: 1,
    max: 1_000_000,
    unit: "",
    default: 10_000,
  }),
};
