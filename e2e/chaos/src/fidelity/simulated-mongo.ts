import { MemoryOutbox } from "@outgraph/relay/test";
import type { ClientSession } from "mongodb";
import { farOutbox } from "../sim/far-outbox.ts";
import type { CallFault } from "../sim/faults.ts";
import { DocumentStore } from "../sim/mongo/document-store.ts";
import { MongoLikeClient, type MongoSession } from "../sim/mongo/mongo-client.ts";
import { type Documents, DriverTransaction } from "./driver-transaction.ts";
import type { MongoUnderTest } from "./mongo-under-test.ts";
import { type Simulation, simulated } from "./simulation.ts";

/** The limit of a transaction's life, as far as any claim goes: long, and short. */
const LIFETIME_MS = 60_000;
const SHORT_MS = 1_000;

/** The simulation's MongoDB. */
export function simulatedMongo(simulation: Simulation): MongoUnderTest {
  const { scheduler } = simulation;
  const outbox = new MemoryOutbox(simulation.client().machine.clock, { followsClock: true });
  let store = new DocumentStore(outbox, scheduler, LIFETIME_MS);
  const begin = (fault?: CallFault) => {
    const { machine, environment } = simulation.client(fault && { call: "mongo.commit", fault });
    const client = new MongoLikeClient(store, machine, environment);
    return new DriverTransaction(client.outbox(), documentsOf(client));
  };
  const relay = simulation.client();
  return {
    outbox: farOutbox(outbox, relay.machine, relay.environment),
    begin: () => begin(),
    beginFar: (commit) => begin(commit === "lost" ? "refused" : commit),
    read: async (key) => store.read(key, outbox.time),
    purge: async (id) => outbox.purge([id]),
    shortLived: async (work) => {
      const long = store;
      store = new DocumentStore(outbox, scheduler, SHORT_MS);
      await work(() => scheduler.sleep(SHORT_MS));
      store = long;
    },
  };
}

function documentsOf(client: MongoLikeClient): Documents {
  const known = (session: ClientSession): MongoSession => session as unknown as MongoSession;
  return {
    read: (session, key) => client.find(known(session), key),
    increment: (session, key) => client.increment(known(session), key),
    insert: (session, key) => client.insert(known(session), key, 0),
  };
}

/** Runs a claim on it, in virtual time. */
export function withinSimulatedMongo(
  claim: (server: MongoUnderTest) => Promise<void>,
): Promise<void> {
  return simulated(1, (simulation) => claim(simulatedMongo(simulation)));
}
