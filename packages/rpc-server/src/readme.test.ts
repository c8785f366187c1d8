import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runReadmeExample } from "@outgraph/readme-example";
import { expect, test, vi } from "vitest";
import { accessList } from "./access/access-file.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow, not wrong

test("the example of the README runs", async () => {
  const printed = await runReadmeExample({ folder: join(import.meta.dirname, "..") });

  expect(printed).toContain("{ ready: true }");
});

test("the access file of the README can be used", async () => {
  const text = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const list = accessList(/```json\n(.*?)```/s.exec(text)?.[1] ?? "");

  expect(list.byKey("test")).toMatchObject({ name: "ingest", grants: { relay: "read" } });
  expect(list.byCertificate(["CN=ingest"])).toBe(list.byKey("test"));
  expect(list.bySubject("service-account-ingest")).toBe(list.byKey("test"));
});
