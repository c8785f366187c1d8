import { fileURLToPath } from "node:url";
import { RelayRole } from "@outgraph/events";
import { startProcess, startStandaloneMongod } from "@outgraph/stack";
import { expect, test } from "vitest";
import { relayProcess } from "./test/relay-process.ts";

const APPEND = fileURLToPath(new URL("../../append/src/main.ts", import.meta.url));

test("a MongoDB that is a standalone halts the relay, ends the append service, and both say what to do", async () => {
  await using mongod = await startStandaloneMongod();
  const env = { OUTGRAPH_MONGODB_URI: `${mongod.uri}/shop` };
  await using relay = await relayProcess("shop", env);
  await using append = await startProcess({
    name: "append",
    command: process.execPath,
    args: [APPEND],
    env: { ...env, OUTGRAPH_LISTEN: "127.0.0.1:0" },
  });

  const { haltReason } = await relay.until("it halts", ({ role }) => role === RelayRole.HALTED);
  expect(haltReason).toMatch(/standalone.*--replSet rs0.*rs\.initiate\(\)/);
  expect(await append.exited).toEqual({ code: 1, signal: null });
  expect(append.logTail()).toMatch(/standalone.*--replSet rs0.*rs\.initiate\(\)/);
});
