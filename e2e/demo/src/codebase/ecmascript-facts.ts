import type { Node } from "web-tree-sitter";
import { declare, declareDefault } from "./ecmascript-symbols.ts";
import type { ExportFact, FileFacts, ImportFact } from "./facts.ts";
import { SymbolList } from "./symbol-list.ts";

/** What a TypeScript or JavaScript module says: ES modules, and CommonJS at the top of the file. */
export function ecmascriptFacts(root: Node): FileFacts {
  const symbols = new SymbolList();
  const imports: ImportFact[] = [];
  const exports: ExportFact[] = [];
  for (const statement of root.namedChildren) {
    if (statement.type === "import_statement") imports.push(importOf(statement));
    else if (statement.type === "export_statement") addExport(statement, symbols, imports, exports);
    else if (statement.type === "expression_statement") exports.push(...commonJsExports(statement));
    else {
      imports.push(...requiresOf(statement));
      declare(statement, { exported: false, comment: commentAbove(statement) }, symbols);
    }
  }
  const exportedHere = exports.filter(({ from }) => from === null).map(({ local }) => local);
  return { symbols: symbols.symbols(new Set(exportedHere)), imports, exports };
}

function importOf(statement: Node): ImportFact {
  const bindings: { local: string; imported: string }[] = [];
  for (const node of statement.descendantsOfType([
    "import_specifier",
    "namespace_import",
    "import_clause",
    "import_require_clause",
  ])) {
    const first = node.namedChild(0);
    if (node.type === "import_specifier") {
      const imported = nameOf(node.childForFieldName("name"));
      bindings.push({ local: nameOf(node.childForFieldName("alias")) || imported, imported });
    } else if (node.type === "import_clause") {
      if (first?.type === "identifier") bindings.push({ local: first.text, imported: "default" });
    } else if (first) bindings.push({ local: first.text, imported: "*" });
  }
  const source =
    statement.childForFieldName("source") ?? statement.descendantsOfType("string")[0] ?? null;
  const typeOnly = statement.children.some((child) => child.type === "type");
  return { specifier: unquoted(source), typeOnly, bindings };
}

function addExport(
  statement: Node,
  symbols: SymbolList,
  imports: ImportFact[],
  exports: ExportFact[],
): void {
  const source = statement.childForFieldName("source");
  const from = source ? unquoted(source) : null;
  const typeOnly = statement.children.some((child) => child.type === "type");
  const names = statement.descendantsOfType("export_specifier").map((specifier) => {
    const local = nameOf(specifier.childForFieldName("name"));
    return { name: nameOf(specifier.childForFieldName("alias")) || local, local, from };
  });
  const namespace = statement.namedChildren.find((child) => child.type === "namespace_export");
  if (namespace) exports.push({ name: namespace.namedChild(0)?.text ?? "", local: "*", from });
  else if (from !== null && names.length === 0) exports.push({ name: "*", local: "*", from });
  exports.push(...names);
  if (from !== null) {
    const bindings = names.map(({ local }) => ({ local: "", imported: local }));
    const whole = names.length === 0 ? [{ local: "", imported: "*" }] : [];
    imports.push({ specifier: from, typeOnly, bindings: [...bindings, ...whole] });
  }
  const byDefault = statement.children.some((child) => child.type === "default");
  const declaration = statement.childForFieldName("declaration");
  if (declaration) {
    imports.push(...requiresOf(declaration));
    const names = declare(
      declaration,
      { exported: true, comment: commentAbove(statement) },
      symbols,
    );
    for (const name of names)
      exports.push({ name: byDefault ? "default" : name, local: name, from });
  } else if (byDefault) {
    const value = statement.childForFieldName("value");
    const standing = { exported: true, comment: commentAbove(statement) };
    if (value && declareDefault(value, standing, symbols))
      exports.push({ name: "default", local: "default", from });
    else if (value?.type === "identifier")
      exports.push({ name: "default", local: value.text, from });
  }
}

/** `const a = require("x")`, `const {a, b: c} = require("x")`. */
function requiresOf(statement: Node): ImportFact[] {
  if (!/^(lexical|variable)_declaration$/.test(statement.type)) return [];
  return statement.namedChildren.flatMap((declarator) => {
    const call = declarator.childForFieldName("value");
    if (call?.type !== "call_expression") return [];
    if (call.childForFieldName("function")?.text !== "require") return [];
    const specifier = unquoted(call.descendantsOfType("string")[0] ?? null);
    if (specifier === "") return [];
    return [
      { specifier, typeOnly: false, bindings: boundNames(declarator.childForFieldName("name")) },
    ];
  });
}

function boundNames(target: Node | null): { local: string; imported: string }[] {
  if (target?.type === "identifier") return [{ local: target.text, imported: "*" }];
  if (target?.type !== "object_pattern") return [];
  return target.namedChildren.flatMap((part) => {
    if (part.type === "shorthand_property_identifier_pattern")
      return [{ local: part.text, imported: part.text }];
    const [key, value] = [part.childForFieldName("key"), part.childForFieldName("value")];
    return key && value?.type === "identifier" ? [{ local: value.text, imported: key.text }] : [];
  });
}

/** `module.exports = {a, b}`, `module.exports = a`, `exports.a = a`. */
function commonJsExports(statement: Node): ExportFact[] {
  const assignment = statement.namedChild(0);
  if (assignment?.type !== "assignment_expression") return [];
  const left = assignment.childForFieldName("left")?.text ?? "";
  const right = assignment.childForFieldName("right");
  if (right === null) return [];
  const name = /^(?:module\.)?exports\.(\w+)$/.exec(left)?.[1];
  if (name !== undefined) return [{ name, local: right.text.slice(0, 100), from: null }];
  if (left !== "module.exports") return [];
  if (right.type === "identifier") return [{ name: "default", local: right.text, from: null }];
  return right.namedChildren
    .filter((part) => part.type === "shorthand_property_identifier")
    .map((part) => ({ name: part.text, local: part.text, from: null }));
}

function commentAbove(statement: Node): Node | null {
  const previous = statement.previousNamedSibling;
  return previous?.type === "comment" ? previous : null;
}

function nameOf(node: Node | null): string {
  return node?.type === "string" ? unquoted(node) : (node?.text ?? "");
}

function unquoted(node: Node | null): string {
  return node?.text.slice(1, -1) ?? "";
}
