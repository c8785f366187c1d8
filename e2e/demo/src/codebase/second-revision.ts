import type { Codebase, CodeFile, CodeSymbol } from "./codebase.ts";
import { added, changed, renamed } from "./edits.ts";
import { type Random, randomFrom } from "./random.ts";
import { byPath, type SourceFile } from "./source-files.ts";

/** What was done to a codebase, in numbers, and what became of it. */
export interface Revision {
  readonly files: readonly SourceFile[];
  readonly deletedFiles: number;
  readonly newFiles: number;
  readonly renamedSymbols: number;
}

/**
 * What might become of a codebase after some weeks of work: a folder and some files are deleted,
 * symbols are renamed wherever they are used, functions are added and removed, and there are new
 * files in a new folder. The same codebase and seed give the same revision.
 */
export function secondRevision(
  sources: readonly SourceFile[],
  codebase: Codebase,
  seed: number,
): Revision {
  const random = randomFrom(seed);
  const modifiedAt = nextDay(sources);
  const some = (share: number): number => Math.max(1, Math.round(codebase.files.length * share));

  const gone = new Set([
    ...smallFolder(codebase, some(0.05), random),
    ...random.sample(codebase.files, some(0.04)).map(({ path }) => path),
  ]);
  const kept = codebase.files.filter(({ path }) => !gone.has(path));
  const names = random.sample(onlyNames(codebase, kept), some(0.04));
  const toChange = new Set(random.sample(kept, some(0.25)).map(({ path }) => path));

  const files = kept.map((file) => {
    const source = sources.find(({ path }) => path === file.path) as SourceFile;
    const edited = toChange.has(file.path) ? changed(source.text, file, random) : source.text;
    const text = renamed(edited, file.language, names);
    return text === source.text ? source : { path: file.path, text, modifiedAt };
  });
  const examples = random.sample(kept.filter(canBeCalled), some(0.04));
  const more = examples.map((file, n) => ({ ...added(file, n + 1, random), modifiedAt }));
  return {
    files: [...files, ...more].sort(byPath),
    deletedFiles: gone.size,
    newFiles: more.length,
    renamedSymbols: names.length,
  };
}

function nextDay(sources: readonly SourceFile[]): Date {
  const latest = Math.max(0, ...sources.map(({ modifiedAt }) => modifiedAt.getTime()));
  return new Date(latest + 24 * 60 * 60 * 1000);
}

/** All files of one folder that has a few of them and no folders in it. */
function smallFolder({ files }: Codebase, filesMax: number, random: Random): string[] {
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
  const folders = [...new Set(files.map(({ path }) => folderOf(path)))].filter((folder) => {
    const inside = files.filter(({ path }) => folder !== "" && path.startsWith(folder));
    const direct = inside.filter(({ path }) => folderOf(path) === folder);
    return inside.length > 0 && direct.length === inside.length && inside.length <= filesMax;
  });
  if (folders.length === 0) return [];
  const folder = random.pick(folders);
  return files.filter(({ path }) => folderOf(path) === folder).map(({ path }) => path);
}

/** Names that mean one thing in the whole codebase, so that renaming them is safe. */
function onlyNames(all: Codebase, kept: readonly CodeFile[]): string[] {
  const times = new Map<string, number>();
  for (const { symbols } of all.files)
    for (const { name } of symbols) {
      const last = name.slice(name.lastIndexOf(".") + 1);
      times.set(last, (times.get(last) ?? 0) + 1);
    }
  const isCandidate = ({ name, kind, exported }: CodeSymbol): boolean =>
    exported && kind !== "variable" && times.get(name) === 1 && /^[A-Za-z_]\w{4,}$/.test(name);
  return kept.flatMap(({ symbols }) => symbols.filter(isCandidate).map(({ name }) => name)).sort();
}

function canBeCalled({ symbols }: CodeFile): boolean {
  return symbols.some(({ kind, exported }) => kind === "function" && exported);
}
