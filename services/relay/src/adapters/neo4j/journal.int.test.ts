import { waitUntil } from "@outgraph/stack";
import neo4j, { type Driver, type QueryResult } from "neo4j-driver";
import { afterEach, beforeEach, expect, test } from "vitest";
import { batchNumber } from "../../lane.ts";
import { emptyGraph, neo4jAddress, query } from "../../test/real-graph.ts";
import { ADVANCE, slotOf } from "./journal-cypher.ts";

// What the server itself refuses, whatever a client does with the answer.

let driver: Driver;
beforeEach(async () => {
  await emptyGraph();
  await query("CREATE (:OutgraphLane {id: 0, epoch: 4, batch: 9})");
  const { uri, user, password } = neo4jAddress();
  driver = neo4j.driver(uri, password === "" ? undefined : neo4j.auth.basic(user, password), {
    useBigInt: true,
  });
});
afterEach(() => driver.close());

const params = (epoch: bigint, batch: bigint, entry: string) => ({
  lane: 0n,
  epoch,
  batch,
  slot: slotOf(batchNumber(batch)),
  entryIds: [entry],
});
const lane = async () => (await query("MATCH (l:OutgraphLane) RETURN l.batch AS batch"))[0];

test.each([
  ["an older epoch", 3n, 10n],
  ["a newer epoch", 5n, 10n],
  ["the number before", 4n, 9n],
  ["a number too far", 4n, 11n],
])("the journal statement fails on the server for %s", async (_, epoch, batch) => {
  await expect(query(ADVANCE, params(epoch, batch, "a"))).rejects.toThrow(/by zero/);

  expect(await lane()).toEqual({ batch: 9n });
});

test("a rival that waited for the lock sees what the winner committed", async () => {
  // Given a first transaction that has advanced the lane, and has not committed.
  const sessions = [driver.session(), driver.session()] as const;
  const first = sessions[0].beginTransaction();
  await first.run(ADVANCE, params(4n, 10n, "first"));

  // When a rival for the same number waits for the lane, and the first commits then.
  const second = sessions[1].beginTransaction();
  const advanced: Promise<QueryResult> = second
    .run(ADVANCE, params(4n, 10n, "second"))
    .then((result) => result);
  const refused = expect(advanced).rejects.toThrow(/by zero/);
  await waitUntil(
    async () => {
      const rows = await query("SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked'");
      return rows.length > 0;
    },
    { what: "the rival waits for the lock", timeoutMs: 20_000 },
  );
  await first.commit();

  // Then the rival fails, and the journal names the first.
  await refused;
  await Promise.all(sessions.map((session) => session.close()));
  expect(await query("MATCH (b:OutgraphBatch {batch: 10}) RETURN b.entries AS entries")).toEqual([
    { entries: ["first"] },
  ]);
});
