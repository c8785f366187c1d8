import type { EntryId } from "@outgraph/events";
import { afterEach } from "vitest";
import { graphContract } from "../../test/graph-contract.ts";
import { dropSchema, emptyGraph, graphAdapter, query } from "../../test/real-graph.ts";

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

graphContract("Neo4j", async () => {
  await emptyGraph();
  const graph = graphAdapter();
  const other = graphAdapter();
  open.push(graph, other);
  return {
    graph,
    other,
    applied: async () => {
      const rows = await query<{ seen: EntryId[] }>("MATCH (c:Canary) RETURN c.seen AS seen");
      return rows[0]?.seen ?? [];
    },
    makeBeside: async () => {},
    forgetSchema: dropSchema,
    makeFuture: async (incarnation) => {
      await query("CREATE (:OutgraphOutbox {id: 'outbox', incarnation: $incarnation, format: 2})", {
        incarnation,
      });
    },
  };
});
