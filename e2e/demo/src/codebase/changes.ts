import { isDeepStrictEqual } from "node:util";
import type { Codebase, CodeFile } from "./codebase.ts";
import { byPath } from "./source-files.ts";

/** What became of one file between two revisions: one append each. */
export type Change =
  | { readonly kind: "added"; readonly after: CodeFile }
  | { readonly kind: "changed"; readonly before: CodeFile; readonly after: CodeFile }
  | {
      readonly kind: "deleted";
      readonly before: CodeFile;
      /** Folders that are gone with it; each is told by the first of its files. */
      readonly folders: readonly string[];
    };

export function pathOf(change: Change): string {
  return change.kind === "deleted" ? change.before.path : change.after.path;
}

/**
 * What became of each file, sorted by path. A file counts as changed also when its text did not but
 * what it refers to did: a call that leads to a renamed function leads elsewhere now.
 */
export function changesBetween(before: Codebase | undefined, after: Codebase): Change[] {
  const old = new Map(before?.files.map((file) => [file.path, file]));
  const present = new Set(after.files.map(({ path }) => path));
  const folders = new Set(after.files.flatMap(({ path }) => foldersOf(path)));
  const deleted = [...old.values()].filter(({ path }) => !present.has(path)).sort(byPath);
  const changes: Change[] = deleted.map((file) => {
    const gone = foldersOf(file.path).filter((folder) => !folders.has(folder));
    for (const folder of gone) folders.add(folder); // told now
    return { kind: "deleted", before: file, folders: gone };
  });
  for (const file of after.files) {
    const known = old.get(file.path);
    if (known === undefined) changes.push({ kind: "added", after: file });
    else if (!isDeepStrictEqual(known, file))
      changes.push({ kind: "changed", before: known, after: file });
  }
  return changes.sort((a, b) => byPath({ path: pathOf(a) }, { path: pathOf(b) }));
}

/** `a` and `a/b` of `a/b/c.ts`. */
export function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}
