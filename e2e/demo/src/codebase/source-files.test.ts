import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FILE_BYTES_MAX, readSources } from "./source-files.ts";
import { writeSources } from "./write-sources.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outgraph-sources-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(join(root, path, ".."), { recursive: true });
  await writeFile(join(root, path), content);
}

test("source files are read in order of their paths; what others wrote and what is hidden is not", async () => {
  for (const path of ["b.ts", "a/z.py", "a.js", "node_modules/x.ts", ".git/y.js", "notes.md"])
    await write(path, "text");
  await symlink(join(root, "b.ts"), join(root, "link.ts"));

  const { files, skipped } = await readSources(root);

  expect(files.map(({ path }) => path)).toEqual(["a.js", "a/z.py", "b.ts"]);
  expect(skipped).toEqual([]);
});

test("a file that is too big or not UTF-8 is skipped, and said so", async () => {
  await write("big.ts", "x".repeat(FILE_BYTES_MAX + 1));
  await write("latin.py", Uint8Array.of(0x23, 0xe9));
  await write("fine.ts", "x".repeat(FILE_BYTES_MAX));

  const { files, skipped } = await readSources(root);

  expect(files.map(({ path }) => path)).toEqual(["fine.ts"]);
  expect(skipped.map(({ path }) => path).sort()).toEqual(["big.ts", "latin.py"]);
});

test("what was written to a folder is read from it unchanged", async () => {
  const modifiedAt = new Date("2026-01-02T03:04:05.000Z");
  const sources = [{ path: "deep/er/x.ts", text: "const π = 'ü';\n", modifiedAt }];

  await writeSources(join(root, "copy"), sources);

  expect((await readSources(join(root, "copy"))).files).toEqual(sources);
});
