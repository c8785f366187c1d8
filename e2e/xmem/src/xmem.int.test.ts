import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {} from "@outgraph/stack/vitest";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { clear, dropVectorIndexes, graphDriver } from "./clear.ts";
import { compareSequences } from "./compare-sequences.ts";
import { pythonEnvironment, runPython } from "./python.ts";
import { type Relay, startRelay } from "./relay.ts";
import { FEW_KILLS, scanThroughKills } from "./scan-through-kills.ts";
import type { Servers } from "./servers.ts";
import { shortTransactions } from "./transaction-lifetime.ts";

/** The first run on a machine downloads the packages. */
const INSTALL_MS = 600_000;
const TIMEOUT_MS = 600_000;
const LEASE_MS = 3_000;

const servers: Servers = {
  mongodb_uri: inject("mongodbUri"),
  neo4j_uri: inject("neo4jUri"),
  neo4j_user: inject("neo4jUser"),
  neo4j_password: inject("neo4jPassword"),
  database: `xmem_${randomBytes(6).toString("hex")}`,
};
let env: Record<string, string>;
let folder = "";
let relay: Relay;

beforeAll(async () => {
  env = await pythonEnvironment();
  folder = await mkdtemp(join(tmpdir(), "outgraph-xmem-test-"));
  await using driver = graphDriver(servers); // the graph of another test follows its outbox
  await driver.executeQuery("MATCH (n) DETACH DELETE n");
  relay = await startRelay(servers, LEASE_MS);
}, INSTALL_MS);

afterAll(async () => {
  await relay[Symbol.asyncDispose]();
  await clear(servers);
  await dropVectorIndexes(servers);
  await using mongo = new MongoClient(servers.mongodb_uri);
  for (const name of [servers.database, `${servers.database}_reference`])
    await mongo.db(name).dropDatabase();
  await rm(folder, { recursive: true, force: true });
}, TIMEOUT_MS);

test("who calls XMem's clients finds every method, parameter and default", async () => {
  const { ended } = await runPython("signatures", [], env);

  expect(ended).toEqual([]);
});

test("random sequences of calls give the graph, documents and answers of XMem's own statements", {
  timeout: TIMEOUT_MS,
}, async () => {
  const work = compareSequences(servers, env, { firstSeed: 1, sequences: 25, secondsMax: 10 });
  const { sequences, different } = await Promise.race([work, relay.broken]);

  expect(different).toEqual([]);
  expect(sequences).toBeGreaterThan(0);
});

test("a scan whose scanner and relay are killed ends in step, with no file half there", {
  timeout: TIMEOUT_MS,
}, async () => {
  await runPython("scan.write_tree", [folder, "12", "1"], env);
  await using _short = await shortTransactions(servers);

  const work = scanThroughKills({
    ...{ way: "outgraph", servers, env, victims: { relay }, plan: FEW_KILLS },
    revisions: [join(folder, "1"), join(folder, "2")],
    onProgress: () => {},
  });
  const found = await Promise.race([work, relay.broken]);

  expect(found).toMatchObject({ kills: 2, halfFiles: 0, errors: [] });
  expect(found.atEnd).toMatchObject({ missing: 0, extra: 0, broken: [], examples: [] });
  expect(found.atEnd.symbols).toBeGreaterThan(20);
  expect(found.next.processed).toBe(0);
});
