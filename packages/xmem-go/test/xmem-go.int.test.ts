// The types of what the global set-up provides to `inject`.

import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess, waitUntil } from "@outgraph/stack";
import type {} from "@outgraph/stack/vitest";
import neo4j from "neo4j-driver";
import { expect, inject, test } from "vitest";

const MODULE = join(import.meta.dirname, "..");
const SERVICES = join(MODULE, "../../services");

/** On a machine that has never seen the project this fetches modules and compiles all of them. */
const timeout = 900_000;

const env = {
  OUTGRAPH_MONGODB_URI: inject("mongodbUri"),
  OUTGRAPH_DATABASE: `xmem_go_${randomBytes(6).toString("hex")}`,
  OUTGRAPH_NEO4J_URI: inject("neo4jUri"),
  ...(inject("neo4jUser") !== "" && {
    OUTGRAPH_NEO4J_USER: inject("neo4jUser"),
    OUTGRAPH_NEO4J_PASSWORD: inject("neo4jPassword"),
  }),
};

/** Runs Go in the module. Returns what it printed. @throws with that when it fails. */
async function go(args: readonly string[], more: Record<string, string> = {}): Promise<string> {
  const logs = await mkdtemp(join(tmpdir(), "outgraph-xmem-go-"));
  try {
    const logFile = join(logs, "log");
    const PATH = `${process.env["PATH"]}:/usr/local/go/bin`;
    const command = { name: "go", command: "env", args: ["go", ...args], cwd: MODULE, logFile };
    await using ran = await startProcess({ ...command, env: { PATH, ...more } });
    const { code } = await ran.exited;
    const output = await readFile(logFile, "utf8");
    expect(code, output).toBe(0);
    return output;
  } finally {
    await rm(logs, { recursive: true });
  }
}

/** Starts a service that is ready; says where it listens. */
async function service(name: "append" | "relay", more: Record<string, string> = {}) {
  const started = await startProcess({
    name,
    command: process.execPath,
    args: [join(SERVICES, name, "src/main.ts")],
    env: { ...env, ...more, OUTGRAPH_LISTEN: "127.0.0.1:0" },
    ready: /"msg":"listening"/,
  });
  const url = /"url":"([^"]+)"/.exec(started.logTail())?.[1] ?? "";
  const isReady = async () => (await fetch(`${url}/readyz`)).ok;
  await waitUntil(isReady, { what: `the ${name} service is ready`, timeoutMs: 30_000 });
  return { url, [Symbol.asyncDispose]: () => started.stop() };
}

test("vet, gofmt and go.mod have nothing to say", { timeout }, async () => {
  // These two fail when there is something; what they print may be what they download.
  await go(["vet", "./..."]);
  await go(["mod", "tidy", "-diff"]);
  expect(await go(["run", "cmd/gofmt", "-l", "."])).toBe("");
});

test("the store keeps its promises with the real services", { timeout }, async () => {
  const auth = neo4j.auth.basic(inject("neo4jUser") || "neo4j", inject("neo4jPassword"));
  await using graph = neo4j.driver(inject("neo4jUri"), auth);
  await graph.executeQuery("MATCH (n) DETACH DELETE n");
  await using append = await service("append");
  await using _relay = await service("relay");
  const nobody = `${env.OUTGRAPH_DATABASE}_nobody`;
  await using unheard = await service("append", { OUTGRAPH_DATABASE: nobody });

  const output = await go(["test", "-count=1", "-v", "./..."], {
    ...env,
    OUTGRAPH_APPEND_URL: append.url,
    OUTGRAPH_NO_RELAY_URL: unheard.url,
  });

  expect(output, "nothing may be skipped here").not.toMatch(/^\s*--- SKIP/m);
  for (const [figure] of output.matchAll(/xmem-go: .*/g)) console.log(figure);
});
