import { type Change, changesBetween } from "./changes.ts";
import type { Codebase } from "./codebase.ts";
import { linkCodebase } from "./link.ts";
import { createParser } from "./parser.ts";
import { secondRevision } from "./second-revision.ts";
import { readSources, type SourceFile } from "./source-files.ts";

/** A codebase as it is, and as it is after some more work. */
export interface Revisions {
  readonly first: RevisionOf;
  readonly second: RevisionOf & { readonly renamedSymbols: number };
  readonly skippedFiles: number;
}

export interface RevisionOf {
  readonly sources: readonly SourceFile[];
  readonly codebase: Codebase;
  /** What became of each file since the revision before, sorted by path. */
  readonly changes: readonly Change[];
}

/**
 * Reads a folder, and makes a second revision of it.
 *
 * @throws when there is no TypeScript, JavaScript or Python in it.
 */
export async function readRevisions(
  root: string,
  repository: string,
  seed: number,
): Promise<Revisions> {
  const { files: sources, skipped } = await readSources(root);
  if (sources.length === 0) throw new Error(`no TypeScript, JavaScript or Python files in ${root}`);
  const parseFile = await createParser();
  const codebase = linkCodebase(repository, sources, parseFile);
  const { files, renamedSymbols } = secondRevision(sources, codebase, seed);
  const next = linkCodebase(repository, files, parseFile);
  return {
    first: { sources, codebase, changes: changesBetween(undefined, codebase) },
    second: {
      sources: files,
      codebase: next,
      changes: changesBetween(codebase, next),
      renamedSymbols,
    },
    skippedFiles: skipped.length,
  };
}
