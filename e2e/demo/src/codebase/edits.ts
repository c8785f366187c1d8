import type { CodeFile, CodeSymbol } from "./codebase.ts";
import type { Language } from "./language.ts";
import type { Random } from "./random.ts";

/** The text of a file after a day's work on it: a function more, a symbol less, or a new first line. */
export function changed(text: string, file: CodeFile, random: Random): string {
  const removable = file.symbols.filter(
    ({ kind, declarations }) => kind !== "variable" && declarations === 1,
  );
  const callable = file.symbols.filter(({ kind }) => kind === "function");
  const edits = [
    () => withFirstLine(text, file.language),
    ...(callable.length > 0 ? [() => withFunction(text, file, random.pick(callable))] : []),
    ...(removable.length > 1 ? [() => without(text, random.pick(removable))] : []),
  ];
  return random.pick(edits)();
}

/** The text with names replaced, each by `…Revised`, where they stand as names and not in a path. */
export function renamed(text: string, language: Language, names: readonly string[]): string {
  if (names.length === 0) return text;
  const anyName = new RegExp(`(?<![\\w$/.-])(?:${names.join("|")})(?![\\w$-])`, "g");
  return text.replace(anyName, (name) => name + (language === "python" ? "_revised" : "Revised"));
}

/** A new file that calls a function of `file`. */
export function added(file: CodeFile, n: number, random: Random): { path: string; text: string } {
  const functions = file.symbols.filter(({ kind, exported }) => kind === "function" && exported);
  const { name } = random.pick(functions);
  const stem = file.path.slice(0, file.path.lastIndexOf("."));
  if (file.language === "python") {
    const module = stem.replace(/\/__init__$/, "").replaceAll("/", ".");
    const text = `from ${module} import ${name}\n\n\ndef added_${n}(value):\n    """Came with the second revision."""\n    return ${name}(value)\n`;
    return { path: `revised/added_${n}.py`, text };
  }
  const typed = file.language === "typescript" ? ": unknown" : "";
  const lines = [
    `import { ${name} } from "../${stem}";`,
    "",
    "/** Came with the second revision. */",
    `export function added${n}(value${typed})${typed} {`,
    `  return ${name}(value);`,
    "}",
    "",
  ];
  const extension = file.path.slice(file.path.lastIndexOf("."));
  return { path: `revised/added-${n}${extension}`, text: lines.join("\n") };
}

function withFirstLine(text: string, language: Language): string {
  return `${language === "python" ? "#" : "//"} Looked through.\n${text}`;
}

function withFunction(text: string, { language }: CodeFile, { name }: CodeSymbol): string {
  return language === "python"
    ? `${text}\n\ndef twice_${name}(value):\n    """Calls it two times."""\n    return [${name}(value), ${name}(value)]\n`
    : `${text}\n/** Calls it two times. */\nexport function twice_${name}(value) {\n  return [${name}(value), ${name}(value)];\n}\n`;
}

function without(text: string, { line, endLine }: CodeSymbol): string {
  return text
    .split("\n")
    .toSpliced(line - 1, endLine - line + 1)
    .join("\n");
}
