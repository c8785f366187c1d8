import { fileURLToPath } from "node:url";
import { createRelayClient, type RelayClient } from "@outgraph/client";
import { RelayRole, type RelayStatus } from "@outgraph/events";
import { META_ID, outboxCollections, setUpOutbox } from "@outgraph/outbox";
import {
  freePort,
  type ManagedProcess,
  startProcess,
  startProxy,
  type WireProxy,
  waitUntil,
} from "@outgraph/stack";
import { canaryKeys, type Servers, Truth } from "../truth/index.ts";
import { uriOver, type Wires } from "./wires.ts";

/** The lease of the relays of a stage, in milliseconds: short, so that what outlasts it is soon seen. */
export const LEASE_MS = 2_000;

/** How long anything may take until it has passed on a machine that is busy, in milliseconds. */
export const PATIENCE_MS = 120_000;

export interface Relay {
  readonly name: string;
  readonly process: ManagedProcess;
  readonly client: RelayClient;
}

/** Two relays and an append service as processes, all of whose wires are ours; nothing written so far. */
export interface Stage extends AsyncDisposable {
  readonly servers: Servers;
  readonly relays: readonly Relay[];
  readonly append: ManagedProcess;
  /** Of the append service, over its wire. */
  readonly appendUrl: string;
  readonly wires: Wires;
  /** Sees everything, past all wires. */
  readonly truth: Truth;
}

/** What may be different from stage to stage. */
export interface StageOptions {
  readonly relays?: 1 | 2;
  /** Of the relays; default that of users. */
  readonly script?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const RELAY = fileURLToPath(new URL("../../../../services/relay/src/main.ts", import.meta.url));
const APPEND = fileURLToPath(new URL("../../../../services/append/src/main.ts", import.meta.url));

/** What the workload touches. */
export const NODES: readonly string[] = canaryKeys(8);

/** What a single entry touches that is written to see how far the relay has come. */
export const PROBE = "probe";

/** What entries touch that wait for a gate. */
export const GATED = "gated";

/** Sets one up in a database that is its own and dropped at the end, and an empty graph; resolves when a relay carries. */
export async function setStage(
  servers: Servers,
  { relays: count = 2, script = RELAY, env = {} }: StageOptions = {},
): Promise<Stage> {
  await using made = new AsyncDisposableStack();
  const { database } = servers;
  const nodes = [...NODES, PROBE, GATED];
  const truth = made.use(await Truth.open(servers, { nodes }));
  made.defer(() =>
    truth.mongo
      .db(database)
      .dropDatabase()
      .then(() => {}),
  );
  await truth.wipeGraph();
  await setUpOutbox(truth.mongo, database);

  const toMongo = () => wireTo(made, servers.mongodbUri, "mongodb");
  const relays: Relay[] = [];
  const wires = {
    "relay-neo4j": [] as WireProxy[],
    "relay-mongodb": [] as WireProxy[],
    "append-mongodb": [await toMongo()],
    "writer-mongodb": [await toMongo()],
    "append-rpc": [] as WireProxy[],
  };
  for (const name of ["relay-1", "relay-2"].slice(0, count)) {
    const mongo = await toMongo();
    const graph = await wireTo(made, servers.neo4jUri, "bolt");
    wires["relay-mongodb"].push(mongo);
    wires["relay-neo4j"].push(graph);
    const settings = { ...relayEnv(servers, mongo, graph), ...env };
    const { process, url } = await startService(name, script, settings);
    made.use(process);
    const client = createRelayClient({ url });
    made.defer(() => client.close());
    relays.push({ name, process, client });
  }
  const [toAppend] = wires["append-mongodb"];
  const { process: append, url } = await startService("append", APPEND, {
    OUTGRAPH_MONGODB_URI: uriOver(servers.mongodbUri, toAppend as WireProxy),
    OUTGRAPH_DATABASE: database,
  });
  made.use(append);
  const door = await wireTo(made, url);
  wires["append-rpc"].push(door);
  await waitUntil(async () => (await fetch(`${url}/readyz`)).ok, {
    what: "the append service is ready",
    timeoutMs: PATIENCE_MS,
  });
  const rest = made.move();
  const stage: Stage = {
    servers,
    relays,
    append,
    appendUrl: `http://${door.address}`,
    wires,
    truth,
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
  await owner(stage);
  return stage;
}

/** The relay that carries, once there is one. */
export function owner(stage: Stage): Promise<Relay> {
  return waitUntil(() => ownerNow(stage), { what: "a relay carries", timeoutMs: PATIENCE_MS });
}

/** The relay that carries now, if any says so. */
export async function ownerNow({ relays }: Stage): Promise<Relay | undefined> {
  const said = await Promise.all(relays.map(statusOf));
  return relays.find((_, i) => said[i]?.role === RelayRole.ACTIVE);
}

/** What a relay says of itself; undefined when it says nothing soon. */
export async function statusOf({ client }: Relay): Promise<RelayStatus | undefined> {
  try {
    return await client.status({ timeoutMs: 2_000 });
  } catch {
    return undefined; // dead, stopped or busy: it is no matter which
  }
}

/** The epoch of the lease. */
export async function epochOf({ truth, servers }: Stage): Promise<bigint> {
  const { meta } = outboxCollections(truth.mongo.db(servers.database));
  const lease = await meta.findOne({ _id: META_ID.lease });
  return lease !== null && "epoch" in lease ? lease.epoch : 0n;
}

async function wireTo(
  made: AsyncDisposableStack,
  uri: string,
  protocol?: "bolt" | "mongodb",
): Promise<WireProxy> {
  const target = new URL(uri).host;
  return made.use(await startProxy(protocol === undefined ? { target } : { target, protocol }));
}

function relayEnv(servers: Servers, mongo: WireProxy, graph: WireProxy): Record<string, string> {
  return {
    OUTGRAPH_MONGODB_URI: uriOver(servers.mongodbUri, mongo),
    OUTGRAPH_DATABASE: servers.database,
    OUTGRAPH_NEO4J_URI: uriOver(servers.neo4jUri, graph),
    OUTGRAPH_NEO4J_USER: servers.neo4jUser || "neo4j",
    OUTGRAPH_NEO4J_PASSWORD: servers.neo4jPassword ?? "",
    OUTGRAPH_LEASE_TTL_MS: String(LEASE_MS),
    OUTGRAPH_RETRY_MS_MAX: "300",
    OUTGRAPH_BATCH_ROWS_MAX: "40", // several batches under way, not one
    OUTGRAPH_LOG_LEVEL: "debug",
  };
}

/** Starts a service at an address that it keeps in all its lives. */
async function startService(
  name: string,
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<{ process: ManagedProcess; url: string }> {
  const address = `127.0.0.1:${await freePort()}`;
  const process = await startProcess({
    name,
    command: globalThis.process.execPath,
    args: [script],
    env: { OUTGRAPH_LISTEN: address, ...env },
    ready: /"msg":"listening"/,
    readyTimeoutMs: PATIENCE_MS,
  });
  return { process, url: `http://${address}` };
}
