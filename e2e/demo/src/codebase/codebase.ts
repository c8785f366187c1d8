import type { SymbolFact } from "./facts.ts";
import type { Language } from "./language.ts";

/** One revision of a codebase, its names resolved. */
export interface Codebase {
  readonly repository: string;
  /** Sorted by path. */
  readonly files: readonly CodeFile[];
}

/** A file as it is stored: what it is, and what it has to do with others. */
export interface CodeFile {
  readonly path: string;
  readonly name: string;
  readonly language: Language;
  readonly test: boolean;
  readonly bytes: number;
  readonly lines: number;
  /** Characters in a line, on average. */
  readonly averageLine: number;
  /** SHA-256 of the text. */
  readonly hash: string;
  readonly modifiedAt: Date;
  /** Names that other files can import. */
  readonly exports: readonly string[];
  /** Specifiers that lead out of the codebase: packages, or files that are not there. */
  readonly externals: readonly string[];
  readonly imports: readonly Import[];
  readonly symbols: readonly CodeSymbol[];
}

/** All that a file imports from another one. */
export interface Import {
  readonly path: string;
  readonly names: readonly string[];
  readonly typeOnly: boolean;
}

export interface CodeSymbol extends Omit<SymbolFact, "calls"> {
  /** As `symbolId` says. */
  readonly id: string;
  readonly calls: readonly Call[];
}

/** How a symbol is told from those of other files. */
export function symbolId(path: string, name: string): string {
  return `${path}#${name}`;
}

/** All calls of a symbol to another one. */
export interface Call {
  /** The id of what is called. */
  readonly symbol: string;
  readonly count: number;
  readonly lines: readonly number[];
}
