export type Language = "javascript" | "python" | "typescript";

/** What the parser must know of a file's language. */
export type Grammar = "javascript" | "python" | "tsx" | "typescript";

const BY_EXTENSION: Readonly<Record<string, { language: Language; grammar: Grammar }>> = {
  ".ts": { language: "typescript", grammar: "typescript" },
  ".mts": { language: "typescript", grammar: "typescript" },
  ".cts": { language: "typescript", grammar: "typescript" },
  ".tsx": { language: "typescript", grammar: "tsx" },
  ".js": { language: "javascript", grammar: "javascript" },
  ".mjs": { language: "javascript", grammar: "javascript" },
  ".cjs": { language: "javascript", grammar: "javascript" },
  ".jsx": { language: "javascript", grammar: "javascript" },
  ".py": { language: "python", grammar: "python" },
};

/** By its extension; undefined for a file that the demo does not read. */
export function languageOf(
  path: string,
): { readonly language: Language; readonly grammar: Grammar } | undefined {
  return BY_EXTENSION[path.slice(path.lastIndexOf("."))];
}
