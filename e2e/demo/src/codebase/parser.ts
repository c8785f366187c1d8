import { createRequire } from "node:module";
import { Language, Parser } from "web-tree-sitter";
import { ecmascriptFacts } from "./ecmascript-facts.ts";
import type { FileFacts } from "./facts.ts";
import { type Grammar, languageOf } from "./language.ts";
import { pythonFacts } from "./python-facts.ts";

/** Reads what a file says by itself. A part that is no valid code is passed over, as editors do. */
export type ParseFile = (path: string, text: string) => FileFacts;

/**
 * Loads tree-sitter and its grammars, which npm packages carry as WebAssembly: nothing is built or
 * downloaded.
 */
export async function createParser(): Promise<ParseFile> {
  await Parser.init();
  const parsers: Readonly<Record<Grammar, Parser>> = {
    javascript: await parserOf("javascript"),
    python: await parserOf("python"),
    tsx: await parserOf("tsx"),
    typescript: await parserOf("typescript"),
  };
  return (path, text) => {
    const grammar = languageOf(path)?.grammar;
    if (grammar === undefined) throw new Error(`${path} is in no language that is read here`);
    const tree = parsers[grammar].parse(text);
    if (tree === null) throw new Error(`${path} was not parsed`); // only when cancelled
    try {
      return grammar === "python" ? pythonFacts(tree.rootNode) : ecmascriptFacts(tree.rootNode);
    } finally {
      tree.delete(); // WebAssembly memory is not garbage-collected
    }
  };
}

async function parserOf(grammar: Grammar): Promise<Parser> {
  const require = createRequire(import.meta.url);
  const wasm = require.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${grammar}.wasm`);
  return new Parser().setLanguage(await Language.load(wasm));
}
