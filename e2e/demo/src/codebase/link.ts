import { createHash } from "node:crypto";
import {
  type Call,
  type Codebase,
  type CodeFile,
  type CodeSymbol,
  type Import,
  symbolId,
} from "./codebase.ts";
import type { FileFacts, SymbolFact } from "./facts.ts";
import { languageOf } from "./language.ts";
import { moduleResolver, type ResolveModule } from "./modules.ts";
import { type NameTable, nameTable } from "./names.ts";
import type { ParseFile } from "./parser.ts";
import { byPath, type SourceFile } from "./source-files.ts";

/**
 * Parses a codebase and resolves imports and calls within it. The same sources give the same result.
 *
 * Calls are followed through imports, re-exports, file-level names and `this`; what only types or a
 * running program could tell is left out.
 */
export function linkCodebase(
  repository: string,
  sources: readonly SourceFile[],
  parseFile: ParseFile,
): Codebase {
  const files = sources.toSorted(byPath);
  const facts = new Map(files.map(({ path, text }) => [path, parseFile(path, text)]));
  const resolve = moduleResolver(new Set(facts.keys()));
  const names = nameTable(facts, resolve);
  return {
    repository,
    files: files.map((file) => linkFile(file, facts.get(file.path) as FileFacts, resolve, names)),
  };
}

function linkFile(
  { path, text, modifiedAt }: SourceFile,
  facts: FileFacts,
  resolve: ResolveModule,
  names: NameTable,
): CodeFile {
  const lines = text.split("\n").length;
  const bytes = Buffer.byteLength(text);
  const isOutside = (specifier: string): boolean => resolve(path, specifier) === undefined;
  return {
    path,
    name: path.slice(path.lastIndexOf("/") + 1),
    language: languageOf(path)?.language ?? "javascript",
    test: /(^|\/)(tests?|__tests__|specs?)\/|[._-](test|spec)\.|(^|\/)(test_|conftest\.)/.test(
      path,
    ),
    bytes,
    lines,
    averageLine: Math.round((100 * text.length) / lines) / 100,
    hash: createHash("sha256").update(text).digest("hex"),
    modifiedAt,
    exports: sorted(facts.exports.map(({ name }) => name).filter((name) => name !== "*")),
    externals: sorted(facts.imports.map(({ specifier }) => specifier).filter(isOutside)),
    imports: importsOf(path, facts, resolve),
    symbols: facts.symbols.map((symbol) => linkSymbol(path, symbol, names)),
  };
}

/** One import for each file that is imported from, however many statements name it. */
function importsOf(path: string, facts: FileFacts, resolve: ResolveModule): Import[] {
  const byTarget = new Map<string, { names: string[]; typeOnly: boolean }>();
  for (const { specifier, bindings, typeOnly } of facts.imports) {
    const target = resolve(path, specifier);
    if (target === undefined || target === path) continue;
    const known = byTarget.get(target) ?? { names: [], typeOnly: true };
    known.names.push(...bindings.map(({ imported }) => imported));
    byTarget.set(target, { names: known.names, typeOnly: known.typeOnly && typeOnly });
  }
  return [...byTarget]
    .map(([target, { names, typeOnly }]) => ({ path: target, names: sorted(names), typeOnly }))
    .sort(byPath);
}

function linkSymbol(path: string, { calls, ...symbol }: SymbolFact, names: NameTable): CodeSymbol {
  const linesOf = new Map<string, number[]>();
  for (const { callee, line } of calls) {
    const target = names.target(path, symbol.name, callee);
    if (target !== undefined) linesOf.set(target, [...(linesOf.get(target) ?? []), line]);
  }
  const linked: Call[] = [...linesOf]
    .map(([target, lines]) => ({
      symbol: target,
      count: lines.length,
      lines: [...new Set(lines)].sort((a, b) => a - b),
    }))
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  return { ...symbol, id: symbolId(path, symbol.name), calls: linked };
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== "").sort();
}
