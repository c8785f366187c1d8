import { mergeNode, node } from "@outgraph/events";
import { JavaMissing, type Neo4jServer, startNeo4j } from "@outgraph/stack";
import { expect, test } from "vitest";
import { Neo4jGraph } from "./adapters/neo4j/neo4j-graph.ts";
import { acked, canaries } from "./test/canaries.ts";
import { canary, entryOf } from "./test/entries.ts";
import { queryAt } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { type RealRelay, realRelay } from "./test/real-relay.ts";

/** A Neo4j of the newest release that is known; undefined where no Java runs it. */
async function newest(): Promise<Neo4jServer | undefined> {
  try {
    return await startNeo4j({ from: "process", version: "2026.01.3", quickStart: true });
  } catch (error) {
    if (error instanceof JavaMissing) return undefined;
    throw error;
  }
}

test("Neo4j 2026 is carried to, by a direct and by a routing address, and its schema is seen", async ({
  skip,
}) => {
  const server = await newest();
  if (server === undefined) return skip("no Java 21");
  await using test = new AsyncDisposableStack();
  test.use(server);
  const outbox = test.use(await RealOutbox.make());
  const relayOf = (uri: string, schema: "ensure" | "require"): RealRelay => {
    const options = { uri, user: "neo4j", password: "", database: "", transactionMsMax: 10_000 };
    const graph = new Neo4jGraph(options);
    test.defer(() => graph.close());
    return test.use(realRelay(outbox.adapter(), graph, { schema }));
  };
  const ids = [await outbox.append(canary())];

  const first = relayOf(server.uri, "ensure");
  await acked(outbox, 1);
  await first.stop();
  const second = relayOf(server.uri.replace("bolt:", "neo4j:"), "require");
  ids.push(await outbox.append(canary()));
  await acked(outbox, 2);
  await second.stop();

  expect(await canaries((cypher) => queryAt(server.uri, cypher))).toEqual({ ids, count: 2 });
  expect(second.of("halted")).toEqual([]);

  // What is refused is understood there too.
  await queryAt(server.uri, "UNWIND [1, 1] AS id CREATE (:Twice {id: id})");
  const twice = entryOf([mergeNode(node("Twice", { id: 1n }))]);
  await outbox.append(twice);
  expect(await relayOf(server.uri, "ensure").ended).toMatchObject({
    kind: "halted",
    why: expect.stringMatching(/more than one node of id '1'/),
  });
}, 240_000);
