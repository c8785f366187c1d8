/** Exits 1 when the committed generated code is not what `proto/` generates, and names the files. */
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");

/** Each template of `proto/`, and the folders that it alone writes. */
const OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  "buf.gen.yaml": ["packages/events/src/gen"],
  "buf.gen.go.yaml": ["packages/client-go/gen"],
  "buf.gen.python.yaml": ["append", "entry", "graph"].map(
    (name) => `packages/client-python/src/outgraph/${name}`,
  ),
};

async function filesIn(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.endsWith("__pycache__")) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path), await readFile(path, "utf8"));
  }
  return files;
}

const folder = await mkdtemp(join(tmpdir(), "outgraph-generated-"));
try {
  for (const [template, folders] of Object.entries(OUTPUTS)) {
    // `-o` is put before each plugin's own output folder, which begins with `../`.
    const output = join(folder, "proto");
    const result = spawnSync(
      join(root, "node_modules/.bin/buf"),
      ["generate", "--template", template, "-o", output],
      { cwd: join(root, "proto"), stdio: "inherit" },
    );
    if (result.status !== 0) {
      throw new Error(`buf generate --template ${template} exited with ${result.status}`);
    }
    for (const committed of folders) {
      const [now, was] = await Promise.all([
        filesIn(join(folder, committed)),
        filesIn(join(root, committed)),
      ]);
      const stale = [...new Set([...now.keys(), ...was.keys()])].filter(
        (name) => now.get(name) !== was.get(name),
      );
      for (const name of stale) console.error(`${committed}/${name} is not current`);
      if (stale.length === 0) continue;
      console.error("run `npx -y pnpm@12.21.0 generate` and commit what changes");
      process.exitCode = 1;
    }
  }
} finally {
  await rm(folder, { recursive: true });
}
