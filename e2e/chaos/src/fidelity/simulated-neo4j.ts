import { Neo4jGraph } from "@outgraph/relay/test";
import { waitUntil } from "@outgraph/stack";
import type { CallFault } from "../sim/faults.ts";
import { Neo4jClient } from "../sim/neo4j/client.ts";
import { GraphStore } from "../sim/neo4j/graph-store.ts";
import { LockTable } from "../sim/neo4j/lock-table.ts";
import { GraphTransaction } from "./graph-transaction.ts";
import type { CommitFault, Neo4jUnderTest } from "./neo4j-under-test.ts";
import { type Simulation, simulated } from "./simulation.ts";

const FAULT: Readonly<Record<CommitFault, CallFault>> = {
  reply_lost: "reply_lost",
  lost: "refused",
  late: "late",
};

const TIMEOUT_MS = 20_000;

/** The simulation's Neo4j. */
export function simulatedNeo4j(simulation: Simulation): Neo4jUnderTest {
  const { random } = simulation;
  const store = new GraphStore(new LockTable((count) => random.below(count)));
  const client = (fault?: CommitFault) => {
    const planned = fault && { call: "graph.commit.test", fault: FAULT[fault] };
    const { machine, environment } = simulation.client(planned);
    return { machine, transactions: new Neo4jClient(store, machine, environment, TIMEOUT_MS) };
  };
  return {
    graph: new Neo4jGraph(client().transactions),
    other: new Neo4jGraph(client().transactions),
    begin: (timeoutMs = TIMEOUT_MS) => new GraphTransaction(client().transactions, timeoutMs),
    beginFar: (fault) => {
      const { machine, transactions } = client(fault);
      const tx = new GraphTransaction(transactions, TIMEOUT_MS);
      return { tx, vanish: () => machine.kill(), land: () => {} };
    },
    waiting: async (transactions) => {
      const what = `${transactions} wait for a lock`;
      const isSo = () => store.locks.waiting >= transactions;
      await waitUntil(isSo, { what, timeoutMs: 2_000, everyMs: 5 });
    },
  };
}

/** Runs a claim on it, in virtual time. */
export function withinSimulatedNeo4j(
  claim: (server: Neo4jUnderTest) => Promise<void>,
): Promise<void> {
  return simulated(1, (simulation) => claim(simulatedNeo4j(simulation)));
}
