import { fileURLToPath } from "node:url";
import { RelayRole } from "@outgraph/events";
import { startProcess, startStandaloneMongod, waitUntil } from "@outgraph/stack";
import { expect, test } from "vitest";
import { relayProcess } from "./test/relay-process.ts";

const APPEND = fileURLToPath(new URL("../../append/src/main.ts", import.meta.url));

test("a MongoDB that is a standalone halts the relay, keeps the append service unready, and both say what to do", async () => {
  await using mongod = await startStandaloneMongod();
  const env = { OUTGRAPH_MONGODB_URI: `${mongod.uri}/shop` };
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
