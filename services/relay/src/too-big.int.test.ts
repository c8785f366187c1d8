import { mergeNode, node } from "@outgraph/events";
import { startNeo4j } from "@outgraph/stack";
import { expect, test } from "vitest";
import { Neo4jGraph } from "./adapters/neo4j/neo4j-graph.ts";
import { acked } from "./test/canaries.ts";
import { entryOf } from "./test/entries.ts";
import { queryAt } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { realRelay } from "./test/real-relay.ts";

test("a batch that is more than Neo4j lets one transaction have is cut until it fits", async () => {
  // Given a server that lets a transaction have little memory, and one batch that wants more.
  await using stack = new AsyncDisposableStack();
  const config = { "db.memory.transaction.max": "4m" };
  const neo4j = stack.use(await startNeo4j({ from: "process", quickStart: true, config }));
  const outbox = stack.use(await RealOutbox.make());
  const server = { uri: neo4j.uri, user: "neo4j", password: "", database: "" };
  const graph = new Neo4jGraph({ ...server, transactionMsMax: 20_000 });
  stack.defer(() => graph.close());
  const text = "x".repeat(20_000);
  for (let id = 0; id < 100; id++) {
    await outbox.append(entryOf([mergeNode(node("Big", { id: `${id}` }), { set: { text } })]));
  }

  // When a relay carries it.
  const relay = stack.use(
    realRelay(outbox.adapter(), graph, { batchBytesMax: 16_000_000, leaseTtlMs: 30_000 }),
  );
  const ids = await acked(outbox, 100);

  // Then it was cut, and everything is there.
  expect(relay.of("batch.split").map(({ kind }) => kind)).toContain("too_big");
  expect(new Set(ids).size).toBe(100);
  const [row] = await queryAt<{ n: bigint }>(neo4j.uri, "MATCH (b:Big) RETURN count(b) AS n");
  expect(row?.n).toBe(100n);
}, 180_000);
