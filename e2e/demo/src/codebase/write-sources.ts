import { mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SourceFile } from "./source-files.ts";

/** Writes a codebase to a folder, which is made. */
export async function writeSources(root: string, sources: readonly SourceFile[]): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const { path, text, modifiedAt } of sources) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await utimes(file, modifiedAt, modifiedAt);
  }
}
