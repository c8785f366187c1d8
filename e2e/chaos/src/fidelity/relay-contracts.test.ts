import type { EntryId } from "@outgraph/events";
import { Neo4jGraph } from "@outgraph/relay/test";
import { graphContract } from "@outgraph/relay/test/contracts";
import { Neo4jClient } from "../sim/neo4j/client.ts";
import { GraphStore } from "../sim/neo4j/graph-store.ts";
import { LockTable } from "../sim/neo4j/lock-table.ts";
import { Drive } from "./drive.ts";
import { Simulation } from "./simulation.ts";

// The contract of the relay's own port, kept by what a relay of the simulation is given.

const TIMEOUT_MS = 20_000;

graphContract("the relay's adapter, over the simulation's Neo4j", async () => {
  const simulation = new Simulation(1);
  const { scheduler, random } = simulation;
  const store = new GraphStore(new LockTable((count) => random.below(count)));
  const drive = new Drive(scheduler);
  const graph = (): Neo4jGraph => {
    const { machine, environment } = simulation.client();
    return drive.port(new Neo4jGraph(new Neo4jClient(store, machine, environment, TIMEOUT_MS)));
  };
  return {
    graph: graph(),
    other: graph(),
    applied: async () => {
      const canary = [...store.nodes.values()].find(({ labels }) => labels.has("Canary"));
      return (canary?.properties.get("seen") ?? []) as readonly EntryId[];
    },
    makeBeside: async () => {},
    forgetSchema: async () => {
      store.unique.clear();
      store.indexes.clear();
    },
    makeFuture: async (incarnation) => {
      const properties = new Map<string, unknown>([
        ["id", "outbox"],
        ["incarnation", incarnation],
        ["format", 2n],
      ]);
      store.nodes.set(store.newId(), { labels: new Set(["OutgraphOutbox"]), properties });
    },
  };
});
