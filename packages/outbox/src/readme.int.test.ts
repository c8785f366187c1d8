import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { afterEach, expect, inject, test, vi } from "vitest";

const database = `outbox_${randomBytes(6).toString("hex")}`;

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await using client = await new MongoClient(inject("mongodbUri")).connect();
  await client.db(database).dropDatabase();
});

test("the example of the README runs", async () => {
  vi.stubEnv("OUTGRAPH_MONGODB_URI", inject("mongodbUri"));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "";

  // Beside this file, so that the example finds the packages it imports.
  const folder = await mkdtemp(join(import.meta.dirname, ".readme-"));
  try {
    const file = join(folder, "example.ts");
    // The package cannot be installed into itself; its own door stands for its name.
    const own = example.replace('"@outgraph/outbox"', '"../index.ts"');
    await writeFile(file, own.replaceAll('"shop"', JSON.stringify(database)));
    await import(file);
  } finally {
    await rm(folder, { recursive: true });
  }

  expect(log).toHaveBeenCalledWith(12, expect.stringMatching(/^[0-9a-f-]{36}$/), 0);
});
