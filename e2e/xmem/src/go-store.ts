import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ManagedProcess, ProcessFailed, startProcess, waitUntil } from "@outgraph/stack";
import { type Db, MongoClient } from "mongodb";
import { clear } from "./clear.ts";
import type { Servers } from "./servers.ts";
import { strike, type Victims } from "./strike.ts";

const root = join(import.meta.dirname, "../../..");

/** What is killed in the midst of its jobs, in this order. */
const KILLED = ["relay", "neo4j"] as const;

/**
 * Runs the suite of xmem-go, which holds the Go store to its own reference and runs jobs again, on
 * our servers and relay; kills these where the suite's jobs ask for it, and starts them again.
 *
 * @returns the figures that it prints, a line each.
 * @throws ProcessFailed with its output when a test fails or is skipped, or asked for no kill.
 */
export async function goStore(
  servers: Servers,
  victims: Required<Victims>,
): Promise<readonly string[]> {
  await clear(servers);
  const { database } = servers;
  const folder = await mkdtemp(join(tmpdir(), "outgraph-xmem-go-"));
  await using started = new AsyncDisposableStack();
  started.defer(() => rm(folder, { recursive: true }));
  const mongo = started.use(new MongoClient(servers.mongodb_uri));
  await using append = await startAppend(servers, database);
  await using unheard = await startAppend(servers, `${database}_without_relay`);
  await using suite = await startProcess({
    name: "go",
    command: "env",
    args: ["go", "test", "-count=1", "-v", "."], // one package, so that it prints at once
    cwd: join(root, "packages/xmem-go"),
    env: {
      PATH: `${process.env["PATH"]}:/usr/local/go/bin`,
      OUTGRAPH_MONGODB_URI: servers.mongodb_uri,
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_NEO4J_URI: servers.neo4j_uri,
      OUTGRAPH_NEO4J_USER: servers.neo4j_user || undefined,
      OUTGRAPH_NEO4J_PASSWORD: servers.neo4j_password || undefined,
      OUTGRAPH_APPEND_URL: append.url,
      OUTGRAPH_NO_RELAY_URL: unheard.url,
      OUTGRAPH_XMEM_KILLS: folder,
    },
  });
  const [{ code }, kills] = await Promise.all([
    suite.exited,
    killWhereAsked(suite, victims, mongo.db(database), folder),
  ]);
  const output = await readFile(suite.logFile, "utf8");
  if (code !== 0 || /^\s*--- SKIP/m.test(output) || kills < KILLED.length)
    throw new ProcessFailed("xmem-go", `ended with code ${code} after ${kills} kills`, output);
  return [...output.matchAll(/xmem-go: .*/g)].map(([line]) => line);
}

/** Resolves when everything is back, or the suite has ended, with how many were killed. */
async function killWhereAsked(
  suite: ManagedProcess,
  victims: Required<Victims>,
  db: Db,
  folder: string,
): Promise<number> {
  for (const [kills, victim] of KILLED.entries()) {
    const isAsked = async () =>
      (await readFile(suite.logFile, "utf8")).includes(`\nkill ${victim}\n`);
    await waitUntil(async () => !suite.running || (await isAsked()), {
      what: `the Go suite lets ${victim} be killed`,
      timeoutMs: 900_000,
      everyMs: 10,
    });
    if (!suite.running) return kills;
    const goOn = async () => await writeFile(join(folder, victim), "");
    const writers = { goOn, running: () => suite.running };
    await (await strike(victim, victims, db, writers)).recovery;
  }
  return KILLED.length;
}

async function startAppend(
  servers: Servers,
  database: string,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const append = await startProcess({
    name: "append",
    command: process.execPath,
    args: [join(root, "services/append/src/main.ts")],
    env: {
      OUTGRAPH_MONGODB_URI: servers.mongodb_uri,
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_LISTEN: "127.0.0.1:0",
    },
    ready: /"msg":"listening"/,
    readyTimeoutMs: 60_000,
  });
  const url = /"url":"([^"]+)"/.exec(append.logTail())?.[1] ?? "";
  await waitUntil(async () => (await fetch(`${url}/readyz`)).ok, {
    what: "the append service is ready",
    timeoutMs: 60_000,
  });
  return { url, [Symbol.asyncDispose]: () => append.stop() };
}
