import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { languageOf } from "./language.ts";

/** A file of a codebase, as read. */
export interface SourceFile {
  /** From the codebase's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly modifiedAt: Date;
}

/** A codebase, as read: its files sorted by path, and the paths that were left out, with the reason. */
export interface Sources {
  readonly files: readonly SourceFile[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/** A file above this is generated or bundled more often than written. */
export const FILE_BYTES_MAX: number = 512 * 1024;

/** Folders with code that others wrote, or that was made from other code. */
const NOT_OURS: ReadonlySet<string> = new Set(["node_modules", "__pycache__", "site-packages"]);

/**
 * Reads the TypeScript, JavaScript and Python files of a folder and of the folders in it.
 *
 * Hidden files and folders, `node_modules` and symbolic links are passed over; a file that is too
 * big or not UTF-8 is listed as skipped.
 */
export async function readSources(root: string): Promise<Sources> {
  const files: SourceFile[] = [];
  const skipped: { path: string; reason: string }[] = [];
  for await (const path of sourcePaths(root, "")) {
    const { size, mtime } = await stat(join(root, path));
    if (size > FILE_BYTES_MAX) {
      skipped.push({ path, reason: `${size} bytes, more than ${FILE_BYTES_MAX}` });
      continue;
    }
    const text = textOf(await readFile(join(root, path)));
    if (text === undefined) skipped.push({ path, reason: "not UTF-8" });
    else files.push({ path, text, modifiedAt: new Date(Math.floor(mtime.getTime())) });
  }
  return { files: files.sort(byPath), skipped };
}

/** The order in which files are sent. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

async function* sourcePaths(root: string, folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    if (entry.name.startsWith(".") || NOT_OURS.has(entry.name)) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* sourcePaths(root, path);
    else if (entry.isFile() && languageOf(path)) yield path;
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined; // not UTF-8, the only way in which decoding fails
  }
}
