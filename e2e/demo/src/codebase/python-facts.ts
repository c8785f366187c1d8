import type { Node } from "web-tree-sitter";
import type { CallFact, FileFacts, ImportFact, SymbolKind } from "./facts.ts";
import { summaryOf } from "./summary.ts";
import { SymbolList } from "./symbol-list.ts";

/** What a Python module says. Imports and definitions inside `if` and `try` count as the module's. */
export function pythonFacts(root: Node): FileFacts {
  const symbols = new SymbolList();
  const imports: ImportFact[] = [];
  const visit = (block: Node): void => {
    for (const statement of block.namedChildren) {
      if (statement.type === "import_statement") imports.push(...importsOf(statement));
      else if (statement.type === "import_from_statement") imports.push(importFrom(statement));
      else if (BRANCHES.has(statement.type)) visit(statement);
      else define(statement, "", symbols);
    }
  };
  visit(root);
  const found = symbols.symbols(new Set());
  const names = found.filter(({ name, exported }) => exported && !name.includes("."));
  // A name that was imported can be imported again from here, as packages' __init__.py do.
  const passedOn = imports.flatMap(({ specifier, bindings }) =>
    bindings.map(({ local, imported }) =>
      local === "*"
        ? { name: "*", local: "*", from: specifier }
        : { name: local, local: imported, from: specifier },
    ),
  );
  return {
    symbols: found,
    imports,
    exports: [...names.map(({ name }) => ({ name, local: name, from: null })), ...passedOn],
  };
}

const BRANCHES: ReadonlySet<string> = new Set([
  ...["if_statement", "else_clause", "elif_clause", "try_statement", "except_clause", "block"],
  ...["finally_clause", "with_statement"],
]);

/** `import a.b`, `import a.b as c`. */
function importsOf(statement: Node): ImportFact[] {
  return statement.namedChildren.map((node) => {
    const specifier = node.childForFieldName("name")?.text ?? node.text;
    const local = node.childForFieldName("alias")?.text ?? specifier;
    return { specifier, typeOnly: false, bindings: [{ local, imported: "*" }] };
  });
}

/** `from .a import b, c as d`, `from a import *`. */
function importFrom(statement: Node): ImportFact {
  const specifier = statement.childForFieldName("module_name")?.text ?? "";
  const bindings = statement.childrenForFieldName("name").map((node) => {
    const imported = node.childForFieldName("name")?.text ?? node.text;
    return { local: node.childForFieldName("alias")?.text ?? imported, imported };
  });
  const all = statement.namedChildren.some((child) => child.type === "wildcard_import");
  return {
    specifier: specifier.replaceAll(/\s/g, ""),
    typeOnly: false,
    bindings: all ? [{ local: "*", imported: "*" }] : bindings,
  };
}

function define(statement: Node, owner: string, symbols: SymbolList): void {
  const definition = statement.childForFieldName("definition") ?? statement; // under its decorators
  const name = definition.childForFieldName("name")?.text ?? "";
  if (definition.type === "class_definition") {
    addSymbol(name, owner, "class", definition, symbols);
    for (const member of definition.childForFieldName("body")?.namedChildren ?? [])
      if (owner === "") define(member, name, symbols);
  } else if (definition.type === "function_definition") {
    addSymbol(name, owner, owner === "" ? "function" : "method", definition, symbols);
  } else if (definition.type === "expression_statement" && owner === "") {
    const target = definition.namedChild(0)?.childForFieldName("left");
    if (target?.type === "identifier") addSymbol(target.text, "", "variable", definition, symbols);
  }
}

function addSymbol(
  name: string,
  owner: string,
  kind: SymbolKind,
  code: Node,
  symbols: SymbolList,
): void {
  const hidden = (part: string): boolean => part.startsWith("_") && !part.endsWith("__");
  const first = code.childForFieldName("body")?.namedChild(0);
  const text = first?.type === "expression_statement" ? first.namedChild(0) : null;
  symbols.add({
    name: owner === "" ? name : `${owner}.${name}`,
    kind,
    line: code.startPosition.row + 1,
    endLine: code.endPosition.row + 1,
    exported: !hidden(name) && !hidden(owner),
    async: code.children.some((child) => child.type === "async"),
    parameters: parametersOf(code),
    summary: text?.type === "string" ? summaryOf(text.text) : null,
    calls: callsIn(code),
  });
}

function parametersOf(code: Node): string[] {
  const list = code.childForFieldName("parameters")?.namedChildren ?? [];
  return list
    .filter((node) => node.type !== "comment" && !node.type.endsWith("_separator"))
    .map((node) => {
      const typed = node.type === "typed_parameter" ? node.namedChild(0) : null;
      return (node.childForFieldName("name") ?? typed ?? node).text.slice(0, 100);
    });
}

/** The calls in a symbol's code; a class's methods have their own. */
function callsIn(code: Node): CallFact[] {
  const calls: CallFact[] = [];
  const visit = (node: Node): void => {
    for (const child of node.namedChildren) {
      const definition = child.childForFieldName("definition") ?? child;
      if (code.type === "class_definition" && definition.type === "function_definition") continue;
      const name = child.type === "call" ? calleeName(child.childForFieldName("function")) : [];
      if (name.length > 0) calls.push({ callee: name, line: child.startPosition.row + 1 });
      visit(child);
    }
  };
  visit(code);
  return calls;
}

function calleeName(callee: Node | null): string[] {
  if (callee?.type === "identifier") return [callee.text];
  if (callee?.type !== "attribute") return [];
  const object = callee.childForFieldName("object")?.text ?? "";
  const attribute = callee.childForFieldName("attribute")?.text ?? "";
  if (object === "self" || object === "cls") return ["this", attribute];
  return /^[\w.]+$/.test(object) ? [object, attribute] : [];
}
