/** What one file says by itself, before names are resolved against other files. */
export interface FileFacts {
  readonly symbols: readonly SymbolFact[];
  readonly imports: readonly ImportFact[];
  readonly exports: readonly ExportFact[];
}

export type SymbolKind =
  | "class"
  | "enum"
  | "function"
  | "interface"
  | "method"
  | "type"
  | "variable";

export const SYMBOL_KINDS: readonly SymbolKind[] = [
  ...(["class", "function", "variable", "enum", "interface", "type", "method"] as const),
];

/** Something with a name at the top of a file, or a method. */
export interface SymbolFact {
  /** Unique in its file: `Observable`, `Observable.subscribe`. */
  readonly name: string;
  readonly kind: SymbolKind;
  /** From 1; without the comment above. */
  readonly line: number;
  readonly endLine: number;
  /** Seen from other files, by an export or, in Python, by a name without a leading underscore. */
  readonly exported: boolean;
  readonly async: boolean;
  readonly parameters: readonly string[];
  /** First sentence of its comment, at most 160 characters. */
  readonly summary: string | null;
  /** How many declarations share the name: overloads, a getter and its setter, a type and its value. */
  readonly declarations: number;
  readonly calls: readonly CallFact[];
}

/** A call as it is written: `f()` is ["f"], `this.f()` and `self.f()` are ["this", "f"], `a.f()` is ["a", "f"]. */
export interface CallFact {
  readonly callee: readonly string[];
  readonly line: number;
}

export interface ImportFact {
  /** As written: "./Observable", "tslib"; in Python "..pkg.module". */
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** What the file calls it, and what it is called there: a name, "default", or "*" for the whole module. */
  readonly bindings: readonly { readonly local: string; readonly imported: string }[];
}

/** `export {local as name}`, `export {local as name} from "from"`; `export * from "from"` has name "*". */
export interface ExportFact {
  readonly name: string;
  readonly local: string;
  readonly from: string | null;
}
