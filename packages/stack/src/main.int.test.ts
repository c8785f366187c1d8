import { fileURLToPath } from "node:url";
import { expect, inject, test } from "vitest";
import { startProcess } from "./process.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

test("up prints both addresses once both answer, and ends in order at SIGTERM", async () => {
  await using up = await startProcess({
    name: "outgraph-stack",
    command: process.execPath,
    args: [main, "up"],
    env: {
      OUTGRAPH_STACK: "uri",
      OUTGRAPH_MONGODB_URI: inject("mongodbUri"),
      OUTGRAPH_NEO4J_URI: inject("neo4jUri"),
      OUTGRAPH_NEO4J_USER: inject("neo4jUser"),
      OUTGRAPH_NEO4J_PASSWORD: inject("neo4jPassword"),
    },
    ready: /^OUTGRAPH_MONGODB_URI='mongodb.*' OUTGRAPH_NEO4J_URI='.*'$/m,
  });
  const { exited } = up;
  expect(up.logTail()).toContain(`OUTGRAPH_NEO4J_URI='${inject("neo4jUri")}'`);

  await up.stop();

  expect(await exited).toEqual({ code: 0, signal: null });
});

test("up says what is wrong and fails when no way leads to a server", async () => {
  await using up = await startProcess({
    name: "outgraph-stack",
    command: process.execPath,
    args: [main, "up"],
    env: { OUTGRAPH_STACK: "uri", OUTGRAPH_MONGODB_URI: undefined, OUTGRAPH_NEO4J_URI: undefined },
  });

  expect(await up.exited).toEqual({ code: 1, signal: null });
  expect(up.logTail()).toContain("OUTGRAPH_MONGODB_URI is not set");
});
