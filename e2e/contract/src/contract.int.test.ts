import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {} from "@outgraph/stack/vitest";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Grounds, startGrounds } from "./grounds.ts";
import type { Language } from "./languages.ts";
import { play } from "./play.ts";
import { type Runner, startRunners } from "./runner.ts";
import type { Servers } from "./services.ts";
import { judge } from "./table.ts";

const servers: Servers = {
  mongodbUri: inject("mongodbUri"),
  neo4jUri: inject("neo4jUri"),
  neo4jUser: inject("neo4jUser"),
  neo4jPassword: inject("neo4jPassword"),
};
const started = new AsyncDisposableStack();
let grounds: Grounds;
let runners: Readonly<Record<Language, Runner>>;

/** On a machine that has never seen the project, Python's packages and Go's modules are fetched. */
const SET_UP_MS = 900_000;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "outgraph-contract-"));
  started.defer(() => rm(folder, { recursive: true }));
  runners = started.use(await startRunners(folder));
  grounds = started.use(await startGrounds(servers));
}, SET_UP_MS);

afterAll(() => started.disposeAsync());

test("every language gets the outcomes of the table, over every protocol", {
  timeout: 300_000,
}, async () => {
  const { played, left } = await play(grounds, runners, () => {});

  const { outcomes, differences } = judge(played, left);

  expect(differences.join("\n")).toBe("");
  expect(outcomes).toBeGreaterThan(400);
});
