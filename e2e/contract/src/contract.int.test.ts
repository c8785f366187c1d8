import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {} from "@outgraph/stack/vitest";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startGrounds } from "./grounds.ts";
import { play } from "./play.ts";
import { roundTrip } from "./round-trip/round-trip.ts";
import { type Runners, startRunners } from "./runner.ts";
import type { Servers } from "./services.ts";
import { stockDifferences } from "./stock.ts";
import { judge } from "./table.ts";
import { compareVectors } from "./vectors.ts";
import { judgeWriters } from "./writers.ts";

const servers: Servers = {
  mongodbUri: inject("mongodbUri"),
  neo4jUri: inject("neo4jUri"),
  neo4jUser: inject("neo4jUser"),
  neo4jPassword: inject("neo4jPassword"),
};
const started = new AsyncDisposableStack();
let folder: string;
let runners: Runners;

/** On a machine that has never seen the project, packages and modules are fetched and compiled. */
const FIRST_MS = 900_000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outgraph-contract-"));
  started.defer(() => rm(folder, { recursive: true }));
  runners = started.use(await startRunners(folder));
}, FIRST_MS);

afterAll(() => started.disposeAsync());

test("each language's own suite reads, writes and refuses every golden vector", {
  timeout: FIRST_MS,
}, async () => {
  const { vectors, differences } = await compareVectors(folder);

  expect(differences.join("\n")).toBe("");
  expect(vectors).toBeGreaterThan(300);
});

test("every language gets the outcomes of the table, over every protocol; stock clients append too", {
  timeout: FIRST_MS,
}, async () => {
  await using grounds = await startGrounds(servers, folder);
  const { played, left } = await play(grounds, runners, () => {});

  const { outcomes, differences } = judge(played, left);
  const ofStock = await stockDifferences(grounds.urls.live, folder);

  expect([...differences, ...ofStock].join("\n")).toBe("");
  expect(outcomes).toBeGreaterThan(400);
});

test("the in-transaction writers of all languages give the outcomes of the table", {
  timeout: 300_000,
}, async () => {
  const { outcomes, differences } = await judgeWriters(servers, runners);

  expect(differences.join("\n")).toBe("");
  expect(outcomes).toBe(36);
});

test("what each language stores is the same entry, and the relay makes the same graph of it", {
  timeout: 300_000,
}, async () => {
  expect((await roundTrip(servers, runners)).join("\n")).toBe("");
});
