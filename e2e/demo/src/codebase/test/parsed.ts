import type { Codebase, CodeFile } from "../codebase.ts";
import { linkCodebase } from "../link.ts";
import { createParser } from "../parser.ts";
import type { SourceFile } from "../source-files.ts";

const parseFile = await createParser();

/** Sources as they would be read from a folder. */
export function sourcesOf(texts: Readonly<Record<string, string>>): SourceFile[] {
  const modifiedAt = new Date("2026-01-02T03:04:05.678Z");
  return Object.entries(texts).map(([path, text]) => ({ path, text, modifiedAt }));
}

/** A small codebase, parsed and linked. */
export function codebaseOf(texts: Readonly<Record<string, string>>): Codebase {
  return linkCodebase("small", sourcesOf(texts), parseFile);
}

/** As above, of sources that are there already. */
export function linked(sources: readonly SourceFile[]): Codebase {
  return linkCodebase("small", sources, parseFile);
}

/** One file of it. @throws when it is not there. */
export function fileOf(codebase: Codebase, path: string): CodeFile {
  const file = codebase.files.find((each) => each.path === path);
  if (file === undefined) throw new Error(`no ${path}`);
  return file;
}

/** Caller → what it calls, over a whole codebase. */
export function callsOf(codebase: Codebase): Record<string, string[]> {
  const symbols = codebase.files.flatMap((file) => file.symbols);
  return Object.fromEntries(
    symbols
      .filter(({ calls }) => calls.length > 0)
      .map(({ id, calls }) => [id, calls.map(({ symbol, count }) => `${symbol} ×${count}`)]),
  );
}
