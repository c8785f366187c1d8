import { languageOf } from "./language.ts";

/** Which file of the codebase a specifier means, seen from a file; undefined when it leads out of it. */
export type ResolveModule = (from: string, specifier: string) => string | undefined;

/** Resolves as bundlers and Python do, as far as paths alone tell. */
export function moduleResolver(paths: ReadonlySet<string>): ResolveModule {
  const pythonRoots = rootsOf(paths);
  return (from, specifier) =>
    languageOf(from)?.language === "python"
      ? resolvePython(paths, pythonRoots, from, specifier)
      : resolveEcmascript(paths, from, specifier);
}

const EXTENSIONS: readonly string[] = [
  ...["", ".ts", ".tsx", ".mts", ".cts", ".d.ts", ".js", ".jsx", ".mjs", ".cjs"],
];

function resolveEcmascript(
  paths: ReadonlySet<string>,
  from: string,
  specifier: string,
): string | undefined {
  if (!/^\.\.?(\/|$)/.test(specifier)) return undefined;
  const path = joined(folderOf(from), specifier);
  if (path === undefined) return undefined;
  // TypeScript says ./a.js and means ./a.ts
  const stem = path.replace(/\.([cm]?)jsx?$/, "");
  const bases = [path, ...(stem === path ? [] : [stem]), path === "" ? "index" : `${path}/index`];
  for (const base of bases)
    for (const extension of EXTENSIONS) if (paths.has(base + extension)) return base + extension;
  return undefined;
}

function resolvePython(
  paths: ReadonlySet<string>,
  roots: readonly string[],
  from: string,
  specifier: string,
): string | undefined {
  const [, dots = "", dotted = ""] = /^(\.*)(.*)$/.exec(specifier) ?? [];
  const steps = dotted === "" ? [] : dotted.split(".");
  if (dots !== "") {
    const up = Array.from({ length: dots.length - 1 }, () => "..");
    return pythonFile(paths, joined(folderOf(from), [".", ...up, ...steps].join("/")));
  }
  for (const root of roots) {
    const found = pythonFile(paths, joined(root, steps.join("/")));
    if (found !== undefined) return found;
  }
  return undefined;
}

function pythonFile(paths: ReadonlySet<string>, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const candidates = [`${path}.py`, path === "" ? "__init__.py" : `${path}/__init__.py`];
  return candidates.find((candidate) => paths.has(candidate));
}

/** Where absolute imports may start: every folder with Python in it that is not itself a package. */
function rootsOf(paths: ReadonlySet<string>): string[] {
  const roots = new Set([""]);
  for (const path of paths) {
    if (!path.endsWith(".py")) continue;
    let folder = folderOf(path);
    while (folder !== "" && paths.has(`${folder}/__init__.py`)) folder = folderOf(folder);
    roots.add(folder);
  }
  return [...roots].sort();
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** `a/b` and `../c` give `a/c`; undefined when that leads out of the codebase. */
function joined(folder: string, relative: string): string | undefined {
  const parts = folder === "" ? [] : folder.split("/");
  for (const step of relative.split("/")) {
    if (step === "" || step === ".") continue;
    if (step !== "..") parts.push(step);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
