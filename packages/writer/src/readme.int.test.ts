import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setUpOutbox } from "@outgraph/outbox";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";

const database = `writer_${randomBytes(6).toString("hex")}`;
let client: MongoClient;

beforeAll(async () => {
  client = await new MongoClient(inject("mongodbUri")).connect();
  await setUpOutbox(client, database);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await client.db(database).dropDatabase();
  await client.close();
});

test("the example of the README runs, and repeats itself harmlessly", async () => {
  const uri = inject("mongodbUri").replace(/^(mongodb[^/]*:\/\/[^/?]+)[^?]*/, `$1/${database}`);
  vi.stubEnv("OUTGRAPH_MONGODB_URI", uri);
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "";

  // Beside this file, so that the example finds the packages it imports.
  const folder = await mkdtemp(join(import.meta.dirname, ".readme-"));
  try {
    // The package cannot be installed into itself; its own door stands for its name.
    const runnable = example.replace('"@outgraph/writer"', '"../index.ts"');
    for (const [name, replayed] of Object.entries({ "first.ts": false, "second.ts": true })) {
      await writeFile(join(folder, name), runnable);
      const { outcome } = await import(join(folder, name));
      expect(outcome).toMatchObject({ replayed });
    }
  } finally {
    await rm(folder, { recursive: true });
  }

  expect(await client.db(database).collection("orders").countDocuments()).toBe(1);
  expect(await client.db(database).collection("outbox").countDocuments()).toBe(1);
});
