import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { EntryId } from "@outgraph/events";
import { META_ID, uuidOf } from "@outgraph/outbox";
import {
  copyData,
  type MongoServer,
  type Neo4jServer,
  startMongo,
  startNeo4j,
  waitUntil,
} from "@outgraph/stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MongoOutbox } from "./adapters/mongo/mongo-outbox.ts";
import { Neo4jGraph } from "./adapters/neo4j/neo4j-graph.ts";
import { acked, canaries } from "./test/canaries.ts";
import { canary } from "./test/entries.ts";
import { queryAt } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { type RealRelay, realRelay } from "./test/real-relay.ts";

// Servers of this file's own, whose data folders are copied while they are down, and put back.

// Servers that start again five times, on a machine that may be busy.
const LONG_MS = 600_000;
const WAIT_MS = 180_000;
const stack = new AsyncDisposableStack();
let mongo: MongoServer;
let neo4j: Neo4jServer;
beforeAll(async () => {
  [mongo, neo4j] = await Promise.all([
    startMongo({ from: "process" }),
    startNeo4j({ from: "process", quickStart: true }),
  ]);
  stack.use(mongo);
  stack.use(neo4j);
}, LONG_MS);
afterAll(() => stack.disposeAsync());

/** A relay over the servers, one entry a batch; it stops at the end of the test. */
function relayOf(outbox: RealOutbox, test: AsyncDisposableStack): RealRelay {
  const { uri } = neo4j;
  const options = { uri, user: "neo4j", password: "", database: "", transactionMsMax: 4_000 };
  const graph = new Neo4jGraph(options);
  test.defer(() => graph.close());
  const port = new MongoOutbox({ uri: mongo.uri, database: outbox.database });
  test.defer(() => port.close());
  return test.use(realRelay(port, graph, { batchRowsMax: 1 }));
}

const inGraph = () => canaries((cypher) => queryAt(neo4j.uri, cypher));
const emptyGraph = () => queryAt(neo4j.uri, "MATCH (n) DETACH DELETE n");

async function append(outbox: RealOutbox, written: EntryId[], entries: number): Promise<void> {
  for (let i = 0; i < entries; i++) written.push(await outbox.append(canary()));
}

/** What the outbox says about a graph that was put back. */
const lacking = async (outbox: RealOutbox): Promise<unknown> =>
  (await outbox.collections.meta.findOne({ _id: META_ID.reapplying })) ?? undefined;

test(
  "a Neo4j that was put back, older or empty, under a running relay or not, is brought up again exactly",
  async () => {
    await using test = new AsyncDisposableStack();
    await emptyGraph();
    const outbox = test.use(await RealOutbox.make(mongo.uri));
    const relay = relayOf(outbox, test);
    const written: EntryId[] = [];
    await append(outbox, written, 6);
    await acked(outbox, 6);
    const older = test.use(await copyData(neo4j)); // the relay waits meanwhile
    await neo4j.restart();
    await append(outbox, written, 7);
    await acked(outbox, 13, WAIT_MS);

    // To an older state, while the relay runs.
    await older.putBack();
    await append(outbox, written, 2);
    await acked(outbox, 15, WAIT_MS);
    expect(await inGraph()).toEqual({ ids: written, count: 15 });
    expect(relay.of("reapply.began")).toEqual([{ from: 7n, to: 13n }]);
    expect(relay.of("halted")).toEqual([]);

    // To nothing at all, while the relay runs.
    await neo4j.kill();
    await rm(join(neo4j.dataDir ?? "", "data"), { recursive: true });
    await neo4j.restart();
    await append(outbox, written, 2);
    await acked(outbox, 17, WAIT_MS);
    expect(await inGraph()).toEqual({ ids: written, count: 17 });
    expect(relay.of("reapply.began").at(-1)).toEqual({ from: 1n, to: 15n });
    await relay.stop();

    // To an older state while no relay runs, with entries gone that are needed: nothing is applied.
    await older.putBack();
    const purged = await outbox.collections.entries.findOneAndDelete({
      _id: uuidOf(written[8] as EntryId),
    });
    const ended = await relayOf(outbox, test).ended;
    expect(ended).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/lacks batches 7 to 17, .* of batches 9 are not/),
    });
    expect((await inGraph()).count).toBe(6);
    expect(await lacking(outbox)).toMatchObject({ after: 6n });

    // Once they are there again, it is brought up.
    await outbox.collections.entries.insertOne(purged as never);
    const last = relayOf(outbox, test);
    await waitUntil(() => last.of("reapply.done").length > 0, {
      what: "the graph is brought up",
      timeoutMs: WAIT_MS,
    });
    expect(await inGraph()).toEqual({ ids: written, count: 17 });
    expect(await lacking(outbox)).not.toHaveProperty("after");
    await last.stop();
  },
  LONG_MS,
);

/** A relay has carried `acked` entries, and `waiting` more wait; then it carries those and `more`. */
async function putMongoBack(
  test: AsyncDisposableStack,
  { acked: before, waiting, more }: { acked: number; waiting: number; more: number },
): Promise<RealOutbox> {
  await emptyGraph();
  const outbox = await RealOutbox.make(mongo.uri);
  test.defer(() => outbox.client.close());
  const written: EntryId[] = [];
  const first = relayOf(outbox, test);
  await append(outbox, written, before);
  await acked(outbox, before, WAIT_MS);
  await first.stop();
  await append(outbox, written, waiting);
  const older = test.use(await copyData(mongo));
  await mongo.restart();
  const second = relayOf(outbox, test);
  await append(outbox, written, more);
  await acked(outbox, written.length, WAIT_MS);
  await second.stop();

  await older.putBack();
  // A driver that has seen the newer primary takes the older for a stale one, for ever.
  const again = test.use(RealOutbox.at(mongo.uri, outbox.database));
  expect(await again.collections.entries.countDocuments()).toBe(before + waiting);
  return again;
}

test(
  "a MongoDB that was put back to a time of backlog halts the relay and changes nothing",
  async () => {
    await using test = new AsyncDisposableStack();
    const outbox = await putMongoBack(test, { acked: 3, waiting: 10, more: 0 });
    const before = await inGraph();

    expect(await relayOf(outbox, test).ended).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/^MongoDB was restored to an older state than Neo4j/),
    });

    expect(await inGraph()).toEqual(before);
    expect(await outbox.acked()).toHaveLength(3);
  },
  LONG_MS,
);

test(
  "a MongoDB that was put back by less than the journal's ring is told by the entries it lacks",
  async () => {
    await using test = new AsyncDisposableStack();
    const outbox = await putMongoBack(test, { acked: 2, waiting: 1, more: 2 });

    expect(await relayOf(outbox, test).ended).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/applied entry \S+, which the outbox does not have/),
    });
    expect(await outbox.acked()).toHaveLength(2);
  },
  LONG_MS,
);

test(
  "the graph of another outbox is refused, and left alone",
  async () => {
    await using test = new AsyncDisposableStack();
    await emptyGraph();
    const mine = test.use(await RealOutbox.make(mongo.uri));
    const relay = relayOf(mine, test);
    await mine.append(canary());
    await acked(mine, 1);
    await relay.stop();
    const other = test.use(await RealOutbox.make(mongo.uri));
    await other.append(canary());

    const ended = await relayOf(other, test).ended;

    expect(ended).toMatchObject({ kind: "halted", why: expect.stringMatching(/graph of outbox/) });
    expect((await inGraph()).count).toBe(1);
    expect(await other.acked()).toEqual([]);
  },
  LONG_MS,
);
