import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MongoClient } from "mongodb";
import { afterAll, expect, inject, test } from "vitest";
import { openOutbox } from "./open.ts";

const database = `outbox_${randomBytes(6).toString("hex")}`;
const main = fileURLToPath(new URL("main.ts", import.meta.url));

/** Runs the command; never rejects. */
async function run(args: string[], env: Record<string, string> = {}) {
  try {
    return await promisify(execFile)(process.execPath, [main, ...args], {
      env: { ...process.env, ...env },
    });
  } catch (error) {
    return error as { stdout: string; stderr: string; code: number };
  }
}

afterAll(async () => {
  await using client = await new MongoClient(inject("mongodbUri")).connect();
  await client.db(database).dropDatabase();
});

test("the command makes an outbox and prints what it made; the second time, nothing", async () => {
  const given = ["setup", "--mongodb-uri", inject("mongodbUri"), "--database", database];
  const first = await run(given);
  const env = { OUTGRAPH_MONGODB_URI: inject("mongodbUri"), OUTGRAPH_DATABASE: database };
  const second = await run(["setup"], env);

  await using client = await new MongoClient(inject("mongodbUri")).connect();
  const { incarnation } = await openOutbox(client.db(database));
  const ready = `outbox ${incarnation} (format 1) in database ${database} is ready\n`;
  expect(first.stdout.split("\n").filter((line) => line.startsWith("made "))).toHaveLength(12);
  expect(first.stdout.endsWith(ready)).toBe(true);
  expect(second.stdout).toBe(ready);
});

test("a server that is not there is one line, and exit code 1", async () => {
  const uri = "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=200";
  const failed = await run(["setup", "--mongodb-uri", uri, "--database", database]);

  expect(failed).toMatchObject({ code: 1, stdout: "" });
  expect(failed.stderr).toMatch(/^outgraph-outbox: connect ECONNREFUSED 127.0.0.1:9\n$/);
});
