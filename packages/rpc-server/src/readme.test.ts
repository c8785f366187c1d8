import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the example of the README runs", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "";
  // Beside this file, so that the example finds the packages it imports.
  const folder = await mkdtemp(join(import.meta.dirname, ".readme-"));
  try {
    const file = join(folder, "example.ts");
    // The package cannot be installed into itself; its own door stands for its name.
    await writeFile(file, example.replace('"@outgraph/rpc-server"', '"../index.ts"'));
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toContain("{ ready: true }");
  } finally {
    await rm(folder, { recursive: true });
  }
});
