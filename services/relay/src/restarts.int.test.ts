import type { EntryId } from "@outgraph/events";
import { startMongo, startNeo4j } from "@outgraph/stack";
import { expect, test } from "vitest";
import { Neo4jGraph } from "./adapters/neo4j/neo4j-graph.ts";
import { acked, canaries } from "./test/canaries.ts";
import { canary } from "./test/entries.ts";
import { queryAt } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { realRelay } from "./test/real-relay.ts";

test("servers that are killed, restarted or step down in mid-run cost time, and nothing else", async () => {
  // Given servers of the test's own, and a relay that carries.
  const [mongo, neo4j] = await Promise.all([
    startMongo({ from: "process" }),
    startNeo4j({ from: "process", quickStart: true }),
  ]);
  await using stack = new AsyncDisposableStack();
  stack.use(mongo);
  stack.use(neo4j);
  const outbox = stack.use(await RealOutbox.make(mongo.uri));
  const uri = neo4j.uri;
  const options = { uri, user: "neo4j", password: "", database: "", transactionMsMax: 4_000 };
  const graph = new Neo4jGraph(options);
  stack.defer(() => graph.close());
  stack.use(realRelay(outbox.adapter(mongo.uri), graph));
  const written: EntryId[] = [];
  const write = async (entries: number): Promise<void> => {
    for (let i = 0; i < entries; i++) written.push(await outbox.append(canary()));
  };
  await write(5);
  await acked(outbox, 5);

  // When each goes away while entries come.
  const writing = write(40);
  await neo4j.kill();
  await writing;
  await neo4j.restart();
  await acked(outbox, written.length, 90_000);

  await mongo.stepDown();
  await write(10);
  await acked(outbox, written.length, 90_000);

  await mongo.kill();
  await mongo.restart();
  await write(10);
  await acked(outbox, written.length, 90_000);

  // Then everything is there once, and in order.
  const seen = await canaries((cypher) => queryAt(uri, cypher));
  expect(seen).toEqual({ ids: written, count: written.length });
}, 300_000);
