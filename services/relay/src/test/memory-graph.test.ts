import { graphContract } from "./graph-contract.ts";
import { MemoryGraph } from "./memory-graph.ts";

graphContract("in memory", async () => {
  const graph = new MemoryGraph();
  return {
    graph,
    other: graph,
    applied: async () => graph.applied,
    makeBeside: async (label, others) => void graph.beside.set(label, others),
    forgetSchema: async () => {
      graph.constraints.clear();
      graph.indexes.clear();
    },
    makeFuture: async (incarnation) => graph.found(incarnation, "2"),
  };
});
