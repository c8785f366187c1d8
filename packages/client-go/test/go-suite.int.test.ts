import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentDigest, newEntryId } from "@outgraph/events";
import { outboxCollections, setUpOutbox, storedEntry, uuidOf } from "@outgraph/outbox";
import { waitUntil } from "@outgraph/stack";
import { openWriter } from "@outgraph/writer";
import { MongoClient } from "mongodb";
import neo4j, { type Driver } from "neo4j-driver";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { canDetectRaces, go, run } from "./go-tool.ts";
import { type Running, startService } from "./services.ts";
import { story, told } from "./story.ts";
import { tables } from "./tables.ts";

/** The packages that have tests: their folders, and the programs that `go test -c` makes of them. */
const PROGRAMS = {
  ".": "outgraph-go.test",
  "./internal/canonical": "canonical.test",
  "./writer": "writer.test",
} as const;

const database = `client_go_${randomBytes(6).toString("hex")}`;
const services: Running[] = [];
let programs: string;
let client: MongoClient;
let graph: Driver;
let env: Record<string, string>;

// On a machine that has never seen the project this fetches modules and compiles all of them.
beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), "outgraph-go-"));
  const race = canDetectRaces() ? ["-race"] : [];
  const built = await go(["test", "-c", ...race, "-o", `${programs}/`, ...Object.keys(PROGRAMS)]);
  expect(built.code, built.output).toBe(0);

  client = await new MongoClient(inject("mongodbUri")).connect();
  await setUpOutbox(client, database);
  await client.db(database).createCollection("papers");
  const auth = neo4j.auth.basic(inject("neo4jUser"), inject("neo4jPassword"));
  graph = neo4j.driver(inject("neo4jUri"), inject("neo4jUser") === "" ? undefined : auth, {
    useBigInt: true,
  });
  await graph.executeQuery("MATCH (n) DETACH DELETE n");
  env = {
    OUTGRAPH_MONGODB_URI: inject("mongodbUri"),
    OUTGRAPH_DATABASE: database,
    OUTGRAPH_TABLES: tables(),
  };
}, 900_000);

afterAll(async () => {
  for (const { process } of services) await process.stop();
  await client?.db(database).dropDatabase();
  await client?.close();
  await graph?.close();
  await rm(programs, { recursive: true, force: true });
});

/** Runs one package's tests, and shows what they said only when they fail. */
async function passes(folder: keyof typeof PROGRAMS): Promise<void> {
  const args = ["-test.v", "-test.timeout=240s"];
  const ran = await run(join(programs, PROGRAMS[folder]), args, { folder, env });
  expect(ran.code, ran.output).toBe(0);
  expect(ran.output, "nothing may be skipped here").not.toMatch(/^\s*--- SKIP/m);
  expect(ran.output).toMatch(/^PASS$/m);
}

test("gofmt and vet have nothing to say", { timeout: 300_000 }, async () => {
  const vet = await go(["vet", "./..."]);
  const format = await run("gofmt", ["-l", "."]);

  expect(vet.code, vet.output).toBe(0);
  expect(format).toEqual({ code: 0, output: "" });
});

test("every import is named in go.mod, and nothing else", { timeout: 300_000 }, async () => {
  const tidy = await go(["mod", "tidy", "-diff"]);

  expect(tidy.code, tidy.output).toBe(0);
});

test("every field of the contract has its canonical form", async () => {
  await passes("./internal/canonical");
});

// Before any service: it empties the collections of the outbox.
test("the writer keeps its promises on a real MongoDB", { timeout: 300_000 }, async () => {
  await passes("./writer");
});

test("the client keeps its promises with the real services", { timeout: 300_000 }, async () => {
  const { acks, entries, parked } = outboxCollections(client.db(database));
  for (const each of [acks, entries, parked]) await each.deleteMany({});
  for (const name of ["append", "relay"] as const) {
    services.push(await startService(name, database));
  }
  env = { ...env, OUTGRAPH_APPEND_URL: services[0]?.url as string };

  await passes(".");
});

test("what Go stored is an entry to everybody, under the digest that everybody makes", async () => {
  const { entries } = outboxCollections(client.db(database));
  const stored = await entries.find({ source: "go", types: "story.v1.Told" }).toArray();

  expect(stored.length).toBeGreaterThan(50);
  for (const document of stored) {
    const { id, entry, digest } = storedEntry(document);
    expect(entry.id).toBe(id);
    expect(Buffer.from(contentDigest({ events: entry.events }))).toEqual(Buffer.from(digest));
  }
});

test("the relay makes the same graph of what Go stored and of what TypeScript stored", {
  timeout: 240_000,
}, async () => {
  const writer = await openWriter(client.db(database), { source: "typescript" });
  const { acks } = outboxCollections(client.db(database));
  let last = newEntryId();
  for (const mutations of await story()) {
    last = newEntryId();
    const events = [{ type: "story.v1.Told", mutations }];
    await writer.transact({ id: last, events }, () => Promise.resolve());
  }
  const acked = () => acks.countDocuments({ entries: uuidOf(last) });
  await waitUntil(async () => (await acked()) === 1, {
    what: "the last entry of TypeScript is acknowledged",
    timeoutMs: 180_000,
  }).catch((error: unknown) => {
    const logs = services.map(({ process }) => process.logTail()).join("\n");
    throw new Error(`${String(error)}\n${logs}`);
  });

  const ofTypeScript = await told(graph, "typescript");
  expect(await told(graph, "go")).toEqual(ofTypeScript);
  expect(JSON.stringify(ofTypeScript, (_, v) => (typeof v === "bigint" ? `${v}n` : v))).toContain(
    '"calls":"3n"',
  );
});
