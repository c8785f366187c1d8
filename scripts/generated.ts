/** Exits 1 when the committed generated code is not what `proto/` generates, and names the files. */
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const committed = join(root, "packages/events/src/gen");

async function filesIn(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path), await readFile(path, "utf8"));
  }
  return files;
}

const folder = await mkdtemp(join(tmpdir(), "outgraph-generated-"));
try {
  // `-o` is put before each plugin's own output folder, ../packages/events/src/gen.
  const output = join(folder, "proto");
  const result = spawnSync(join(root, "node_modules/.bin/buf"), ["generate", "-o", output], {
    cwd: join(root, "proto"),
    stdio: "inherit",
  });
  if (result.status !== 0) throw new Error(`buf generate exited with ${result.status}`);
  const [now, was] = await Promise.all([
    filesIn(join(folder, "packages/events/src/gen")),
    filesIn(committed),
  ]);
  const stale = [...new Set([...now.keys(), ...was.keys()])].filter(
    (name) => now.get(name) !== was.get(name),
  );
  for (const name of stale) console.error(`packages/events/src/gen/${name} is not current`);
  if (stale.length > 0) {
    console.error("run `npx -y pnpm@12.21.0 generate` and commit what changes");
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
