import { type Match, type WireRequest, waitUntil } from "@outgraph/stack";
import { gatedPlan } from "../truth/index.ts";
import type { Play } from "./play.ts";
import { GATED, owner, PATIENCE_MS, type Relay } from "./stage.ts";
import type { WireName } from "./wires.ts";

/** A request that a fault can meet. */
export interface Place {
  readonly name: string;
  readonly wire: WireName;
  readonly match: Match;
  /** Makes that request happen, where the workload alone does not. */
  readonly provoke?: (play: Play) => Promise<unknown>;
}

const isCommit = ({ name }: WireRequest): boolean => name === "COMMIT";
const ofBatch = ({ transaction }: WireRequest): boolean =>
  transaction.some((cypher) => cypher.includes("SET lane.batch = lane.batch + one"));
const ofFence = ({ transaction }: WireRequest): boolean =>
  transaction.some((cypher) => cypher.includes("SET lane.epoch = $epoch"));
const isRun =
  (text: string): Match =>
  ({ name, subject }) =>
    name === "RUN" && subject.includes(text);

/** Bolt, from a relay. */
const OF_NEO4J: readonly Place[] = [
  {
    name: "BEGIN of a batch",
    wire: "relay-neo4j",
    // `does: "batch"` of its metadata, as PackStream has it.
    match: ({ name, bytes }) => name === "BEGIN" && bytes.includes("\x85batch", 0, "latin1"),
  },
  {
    name: "journal of a batch",
    wire: "relay-neo4j",
    match: isRun("SET lane.batch = lane.batch + one"),
  },
  { name: "statement of a batch", wire: "relay-neo4j", match: isRun("ChaosCanary") },
  {
    name: "COMMIT of a batch",
    wire: "relay-neo4j",
    match: (request) => isCommit(request) && ofBatch(request),
  },
  {
    name: "look at the journal",
    wire: "relay-neo4j",
    match: isRun("SET lane.lock = lane.epoch"),
    provoke: async ({ stage }) => {
      // Only after a batch whose outcome is not known.
      const wires = stage.wires["relay-neo4j"];
      for (const wire of wires) {
        void wire.loseReply((request) => isCommit(request) && ofBatch(request)).catch(() => {});
      }
    },
  },
  {
    name: "constraint of the journal",
    wire: "relay-neo4j",
    match: isRun("CREATE CONSTRAINT"),
    provoke: handOver,
  },
  { name: "fence", wire: "relay-neo4j", match: isRun("OutgraphOutbox"), provoke: handOver },
  {
    name: "COMMIT of the fence",
    wire: "relay-neo4j",
    match: (request) => isCommit(request) && ofFence(request),
    provoke: handOver,
  },
];

const ofRelay = ({ client }: WireRequest): boolean => client === "outgraph-relay";
const inTransaction = ({ transaction }: WireRequest): boolean => transaction.length > 0;
const isCommand =
  (name: string, subject: string): Match =>
  (request) =>
    request.name === name && request.subject === subject && !inTransaction(request);
const commits =
  (what: string, ...without: readonly string[]): Match =>
  ({ name, transaction }) =>
    name === "commitTransaction" &&
    transaction.includes(what) &&
    !without.some((each) => transaction.includes(each));

/** MongoDB, from a relay. */
const OF_RELAY: readonly Place[] = [
  { name: "ack", wire: "relay-mongodb", match: isCommand("insert", "outbox_acks") },
  {
    name: "lease renewal",
    wire: "relay-mongodb",
    match: (request) =>
      request.client === "outgraph-relay-lease" && isCommand("update", "outbox_meta")(request),
  },
  {
    name: "lease taking",
    wire: "relay-mongodb",
    match: isCommand("findAndModify", "outbox_meta"),
    provoke: handOver,
  },
  {
    name: "lease given back",
    wire: "relay-mongodb",
    match: (request) =>
      ofRelay(request) &&
      isCommand("update", "outbox_meta")(request) &&
      request.bytes.includes("\x02holder\0\x01\0\0\0\0", 0, "latin1"), // set to ""
    provoke: handOver,
  },
  {
    name: "backlog said",
    wire: "relay-mongodb",
    match: (request) =>
      isCommand("update", "outbox_meta")(request) && request.bytes.includes("backlog"),
  },
  { name: "getMore of the stream", wire: "relay-mongodb", match: isCommand("getMore", "outbox") },
  {
    name: "opening of the stream",
    wire: "relay-mongodb",
    match: (request) =>
      isCommand("aggregate", "outbox")(request) && request.bytes.includes("$changeStream"),
    provoke: handOver,
  },
  {
    name: "walk's read of entries",
    wire: "relay-mongodb",
    match: (request) =>
      isCommand("find", "outbox")(request) && request.bytes.includes("atClusterTime"),
    provoke: handOver,
  },
  {
    name: "walk's read of acks",
    wire: "relay-mongodb",
    match: (request) =>
      isCommand("find", "outbox_acks")(request) && request.bytes.includes("atClusterTime"),
    provoke: handOver,
  },
  {
    name: "park",
    wire: "relay-mongodb",
    match: ({ name, subject }) => name === "update" && subject === "outbox_parked",
    provoke: (play) => gate(play),
  },
  {
    name: "commit of a park",
    wire: "relay-mongodb",
    match: commits("update outbox_parked"),
    provoke: (play) => gate(play),
  },
  {
    name: "commit of a park's end",
    wire: "relay-mongodb",
    match: commits("delete outbox_parked", "delete outbox"),
    provoke: async (play) => {
      const id = await gate(play);
      await decide(play, id, (client) => client.retryParked(id));
    },
  },
  {
    name: "commit of a skip",
    wire: "relay-mongodb",
    match: commits("insert outbox_acks"),
    provoke: async (play) => {
      const id = await gate(play, false);
      const why = { reason: "not wanted", by: "wire" };
      await decide(play, id, (client) => client.skipParked(id, why));
    },
  },
];

/** MongoDB, from whoever appends: the service, and the library in this process. */
const ofAppender = (wire: WireName, who: string): readonly Place[] => [
  {
    name: `look of ${who}`,
    wire,
    match: ({ name, subject, transaction }) =>
      transaction.length > 0 && name === "aggregate" && subject === "outbox_meta",
  },
  {
    name: `document of ${who}`,
    wire,
    match: ({ name, subject, transaction }) =>
      transaction.length > 0 && name === "insert" && subject === "chaos_documents",
  },
  {
    name: `entry of ${who}`,
    wire,
    match: ({ name, subject }) => name === "insert" && subject === "outbox",
  },
  { name: `commitTransaction of ${who}`, wire, match: commits("insert outbox") },
];

/** Everything that a fault is put to, but for the purge. */
export const PLACES: readonly Place[] = [
  ...OF_NEO4J,
  ...OF_RELAY,
  ...ofAppender("append-mongodb", "the append service"),
  ...ofAppender("writer-mongodb", "the library"),
  {
    name: "append RPC",
    wire: "append-rpc",
    match: ({ bytes }) => bytes.includes("chaos.v1.Touched"),
  },
];

/** Where relays keep what was applied for a few seconds alone. */
export const PURGE_PLACES: readonly Place[] = [
  {
    name: "commit of the purge horizon",
    wire: "relay-mongodb",
    match: ({ name, transaction }) =>
      name === "commitTransaction" &&
      transaction.join() === "update outbox_meta,update outbox_meta",
  },
  { name: "delete of the purge", wire: "relay-mongodb", match: isPurge },
  { name: "commit of the purge", wire: "relay-mongodb", match: commits("delete outbox") },
];

function isPurge({ name, subject }: WireRequest): boolean {
  return name === "delete" && subject === "outbox";
}

/** Ends the relay that carries and starts it again: another one takes over, or itself. */
async function handOver({ stage }: Play): Promise<void> {
  const { process } = await owner(stage);
  await process.restart();
}

/** Appends an entry that is parked, and gives its id once it is; later the gate is there. */
async function gate({ stage, library }: Play, opens = true): Promise<string> {
  const name = `gate-${crypto.randomUUID()}`;
  const { entry, outcome } = await library.append(gatedPlan(GATED, name));
  if (outcome !== "ok") throw new Error("the entry that was to be parked was not appended");
  await stage.truth.watcher.until(() => stage.truth.watcher.aside.includes(entry), 30_000);
  if (opens) await stage.truth.makeGate(name);
  return entry;
}

/** Has a person's decision carried out, whoever owns the lane, however often it must be said. */
async function decide(
  { stage }: Play,
  id: string,
  say: (client: Relay["client"]) => Promise<unknown>,
): Promise<void> {
  const { watcher } = stage.truth;
  await waitUntil(
    async () => {
      if (!watcher.aside.includes(id)) return true;
      await say((await owner(stage)).client);
      return await watcher.until(() => !watcher.aside.includes(id), 2_000);
    },
    { what: `${id} is no longer set aside`, timeoutMs: PATIENCE_MS },
  );
}
