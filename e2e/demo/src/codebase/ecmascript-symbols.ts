import type { Node } from "web-tree-sitter";
import type { CallFact, SymbolFact, SymbolKind } from "./facts.ts";
import { summaryOf } from "./summary.ts";
import type { SymbolList } from "./symbol-list.ts";

/** How a declaration stands in its file. */
export interface Standing {
  readonly exported: boolean;
  /** The comment right above it. */
  readonly comment: Node | null;
}

const KIND_OF: Readonly<Record<string, SymbolKind>> = {
  function_declaration: "function",
  generator_function_declaration: "function",
  function_signature: "function",
  class_declaration: "class",
  abstract_class_declaration: "class",
  interface_declaration: "interface",
  type_alias_declaration: "type",
  enum_declaration: "enum",
};

const FUNCTIONS: ReadonlySet<string> = new Set([
  ...["arrow_function", "function_expression", "generator_function", "function"],
]);

const METHODS: ReadonlySet<string> = new Set([
  ...["method_definition", "method_signature", "abstract_method_signature"],
]);

/** Adds what a statement at the top of a file declares, and returns the names that it gives. */
export function declare(statement: Node, standing: Standing, symbols: SymbolList): string[] {
  const kind = KIND_OF[statement.type];
  if (kind !== undefined) {
    const name = statement.childForFieldName("name")?.text ?? "default";
    addSymbol(name, kind, statement, statement, standing, symbols);
    return [name];
  }
  if (statement.type === "ambient_declaration")
    return statement.namedChildren.flatMap((inner) => declare(inner, standing, symbols));
  if (!/^(lexical|variable)_declaration$/.test(statement.type)) return [];
  return statement.namedChildren.flatMap((declarator) => {
    const name = declarator.childForFieldName("name");
    if (name?.type !== "identifier") return [];
    const value = declarator.childForFieldName("value");
    if (value?.childForFieldName("function")?.text === "require") return []; // an import
    if (value?.type === "class") addSymbol(name.text, "class", statement, value, standing, symbols);
    else if (value && FUNCTIONS.has(value.type))
      addSymbol(name.text, "function", statement, value, standing, symbols);
    else addSymbol(name.text, "variable", statement, declarator, standing, symbols);
    return [name.text];
  });
}

/** Adds a function or class that is exported by default and has no name. True when it was one. */
export function declareDefault(value: Node, standing: Standing, symbols: SymbolList): boolean {
  const kind = value.type === "class" ? "class" : "function";
  if (kind === "function" && !FUNCTIONS.has(value.type)) return false;
  addSymbol("default", kind, value, value, standing, symbols);
  return true;
}

/** @param whole what the lines are counted of. @param code what has parameters, body and calls. */
function addSymbol(
  name: string,
  kind: SymbolKind,
  whole: Node,
  code: Node,
  { exported, comment }: Standing,
  symbols: SymbolList,
): void {
  symbols.add({
    name,
    kind,
    line: whole.startPosition.row + 1,
    endLine: whole.endPosition.row + 1,
    exported,
    async: code.children.some((child) => child.type === "async"),
    parameters: parametersOf(code),
    summary: comment ? summaryOf(comment.text) : null,
    calls: callsIn(code),
  });
  if (kind === "class") addMethods(name, code, exported, symbols);
}

function addMethods(owner: string, code: Node, exported: boolean, symbols: SymbolList): void {
  for (const member of code.childForFieldName("body")?.namedChildren ?? []) {
    const body = methodIn(member);
    const name = member.childForFieldName("name") ?? member.childForFieldName("property");
    if (body === null || name === null || name.type === "computed_property_name") continue;
    const previous = member.previousNamedSibling;
    const comment = previous?.type === "comment" ? previous : null;
    const standing = { exported: exported && !isPrivate(member, name), comment };
    addSymbol(`${owner}.${name.text}`, "method", member, body, standing, symbols);
  }
}

/** The function of a method, or of a field that holds one; null for any other member. */
function methodIn(member: Node): Node | null {
  if (METHODS.has(member.type)) return member;
  const value = member.childForFieldName("value");
  return value && FUNCTIONS.has(value.type) ? value : null;
}

function isPrivate(member: Node, name: Node): boolean {
  const modifier = member.children.find((child) => child.type === "accessibility_modifier");
  return name.text.startsWith("#") || modifier?.text === "private";
}

function parametersOf(code: Node): string[] {
  const single = code.childForFieldName("parameter"); // of `x => …`
  if (single) return [single.text];
  const list = code.childForFieldName("parameters")?.namedChildren ?? [];
  return list.filter((node) => node.type !== "comment").map(parameterName);
}

function parameterName(node: Node): string {
  const inner = node.childForFieldName("pattern") ?? node.childForFieldName("left");
  if (inner) return parameterName(inner);
  if (node.type === "object_pattern") return "{…}";
  if (node.type === "array_pattern") return "[…]";
  return node.text.slice(0, 100);
}

/** The calls in a symbol's code; a class's methods have their own. */
function callsIn(code: Node): SymbolFact["calls"] {
  const calls: CallFact[] = [];
  const visit = (node: Node): void => {
    for (const child of node.namedChildren) {
      if (node.type === "class_body" && methodIn(child)) continue;
      const callee = child.childForFieldName(CALLEE_FIELD[child.type] ?? "");
      const name = callee ? calleeName(callee) : undefined;
      if (name) calls.push({ callee: name, line: child.startPosition.row + 1 });
      visit(child);
    }
  };
  visit(code);
  return calls;
}

const CALLEE_FIELD: Readonly<Record<string, string>> = {
  call_expression: "function",
  new_expression: "constructor",
};

function calleeName(callee: Node): string[] | undefined {
  if (callee.type === "identifier") return [callee.text];
  if (callee.type !== "member_expression") return undefined;
  const object = callee.childForFieldName("object");
  const property = callee.childForFieldName("property")?.text ?? "";
  if (object?.type === "this") return ["this", property];
  return object?.type === "identifier" ? [object.text, property] : undefined;
}
