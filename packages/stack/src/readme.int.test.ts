import { join } from "node:path";
import { runReadmeExample } from "@outgraph/readme-example";
import { expect, test } from "vitest";

test("the README's example runs as it stands", async () => {
  const printed = await runReadmeExample({ folder: join(import.meta.dirname, "..") });

  expect(printed).toContain("starting MongoDB");
});
