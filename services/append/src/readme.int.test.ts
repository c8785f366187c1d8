import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { COLLECTION } from "@outgraph/outbox";
import { optionRows, tableRows } from "@outgraph/rpc-server/service";
import { expect, inject, test } from "vitest";
import { APPEND_OPTIONS } from "./options.ts";
import { ownDatabase } from "./test/mongo-database.ts";
import { startReadyAppend } from "./test/running-append.ts";

const README = new URL("../README.md", import.meta.url);
const CLIENT_README = new URL("../../../packages/client/README.md", import.meta.url);

test("the client's README example appends as it says", async () => {
  const text = await readFile(CLIENT_README, "utf8");
  const example = /```ts\n(.*?)```/s.exec(text)?.[1] ?? "";
  await using own = await ownDatabase();
  await own.db.createCollection("papers");
  await using service = await startReadyAppend(inject("mongodbUri"), own.db.databaseName);

  const code = example
    .replace("http://127.0.0.1:8480", service.url)
    .replace("timeoutMs: 5_000", "timeoutMs: 100") // no relay is running
    .replaceAll(
      /from "(@outgraph\/\w+)"/g,
      (_, name: string) => `from "${import.meta.resolve(name)}"`,
    );
  const folder = await mkdtemp(join(tmpdir(), "readme-"));
  try {
    await writeFile(join(folder, "example.mts"), code);
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "example.mts")]);
    expect(stdout).toMatch(/^[0-9a-f-]{36} pending\n$/);
  } finally {
    await rm(folder, { recursive: true });
  }

  expect(await own.db.collection("papers").find().toArray()).toEqual([
    { _id: "10.1000/182", title: "On drift", pages: 12 },
  ]);
  expect(await own.db.collection(COLLECTION.entries).countDocuments()).toBe(1);
});

test("the README's table of options is the code's", async () => {
  expect(tableRows(await readFile(README, "utf8"))).toEqual(optionRows(APPEND_OPTIONS));
});

test("the README's call with curl appends", async () => {
  const text = await readFile(README, "utf8");
  const body = /-d '(\{.*?\})'\n/s.exec(text)?.[1] ?? "";
  await using own = await ownDatabase();
  await own.db.createCollection("papers");
  await using service = await startReadyAppend(inject("mongodbUri"), own.db.databaseName);

  const answer = await fetch(`${service.url}/outgraph.append.v1.OutboxService/Append`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });

  expect(await answer.json()).toMatchObject({ receipt: { documents: [{ inserted: "1" }] } });
  expect(await own.db.collection("papers").find().toArray()).toEqual([
    { _id: 1, title: "On drift" },
  ]);
});
