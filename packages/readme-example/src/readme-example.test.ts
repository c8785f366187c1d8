import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runReadmeExample } from "./index.ts";

async function withReadme(text: string, check: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "outgraph-readme-"));
  try {
    await writeFile(join(folder, "README.md"), text);
    await check(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("the first TypeScript example runs, and what it printed is given", async () => {
  const readme =
    "```sh\nfalse\n```\n\n```ts\nconst x: number = 1;\nconsole.log(x, process.env.A);\n```\n\n```ts\nthrow 1;\n```\n";

  await withReadme(readme, async (folder) => {
    expect(await runReadmeExample({ folder, env: { A: "a" } })).toBe("1 a\n");
  });
});

test("an example that fails, or is not there, is a failure", async () => {
  await withReadme("```ts\nthrow new Error('broken');\n```\n", async (folder) => {
    await expect(runReadmeExample({ folder })).rejects.toThrow("broken");
  });
  await withReadme("no example", async (folder) => {
    await expect(runReadmeExample({ folder })).rejects.toThrow("has no TypeScript example");
  });
});
