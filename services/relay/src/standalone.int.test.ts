import { constants } from "node:fs";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RelayRole } from "@outgraph/events";
import { freePort, startProcess, waitUntil } from "@outgraph/stack";
import { MongoClient } from "mongodb";
import { expect, inject, test } from "vitest";
import { relayProcess } from "./test/relay-process.ts";

const APPEND = fileURLToPath(new URL("../../append/src/main.ts", import.meta.url));

/** The mongod of the tests' server, if it is a program on this machine. */
async function mongodHere(): Promise<string | undefined> {
  const client = new MongoClient(inject("mongodbUri"));
  try {
    const { argv } = await client.db("admin").command({ getCmdLineOpts: 1 });
    await access(argv[0], constants.X_OK);
    return argv[0];
  } catch {
    return undefined;
  } finally {
    await client.close();
  }
}

test("a MongoDB that is a standalone halts the relay, keeps the append service unready, and both say what to do", async ({
  skip,
}) => {
  const command = await mongodHere();
  if (command === undefined) return skip("the tests' mongod is no program on this machine");
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "outgraph-standalone-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  await using _mongod = await startProcess({
    name: "standalone mongod",
    command,
    args: [
      ...["--dbpath", folder, "--port", String(port), "--bind_ip", "127.0.0.1"],
      ...["--wiredTigerCacheSizeGB", "0.25", "--nounixsocket"],
    ],
    ready: /Waiting for connections/,
    sweep: folder,
  });
  const env = { OUTGRAPH_MONGODB_URI: `mongodb://127.0.0.1:${port}/shop` };
  await using relay = await relayProcess("shop", env);
  await using append = await startProcess({
    name: "append",
    command: process.execPath,
    args: [APPEND],
    env: { ...env, OUTGRAPH_LISTEN: "127.0.0.1:0" },
    ready: /--replSet/,
  });

  const { haltReason } = await relay.until("it halts", ({ role }) => role === RelayRole.HALTED);
  expect(haltReason).toMatch(/standalone.*--replSet rs0.*rs\.initiate\(\)/);
  await waitUntil(() => append.logTail().includes("rs.initiate()"), {
    what: "the append service says what to do",
    timeoutMs: 30_000,
  });
});
