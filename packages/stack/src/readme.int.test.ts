import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startProcess } from "./process.ts";

test("the README's example runs as it stands", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "throw new Error('no example')";

  await using run = await startProcess({
    name: "example",
    command: process.execPath,
    args: ["--input-type=module-typescript", "--eval", example],
    cwd: fileURLToPath(new URL("..", import.meta.url)), // where "@outgraph/stack" is found by name
  });

  const exit = await run.exited;
  expect(run.logTail()).toContain("starting MongoDB");
  expect(exit).toEqual({ code: 0, signal: null });
});
