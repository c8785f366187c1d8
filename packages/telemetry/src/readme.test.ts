import { join } from "node:path";
import { runReadmeExample } from "@outgraph/readme-example";
import { expect, test } from "vitest";

test("the example of the README runs", async () => {
  const printed = await runReadmeExample({ folder: join(import.meta.dirname, "..") });

  expect(printed).toContain("entries_total 3");
});
