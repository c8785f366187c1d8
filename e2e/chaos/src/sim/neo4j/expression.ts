import { Edge, Node } from "./element.ts";
import { call, FUNCTIONS } from "./functions.ts";
import type { GraphTransaction } from "./graph-transaction.ts";
import { Neo4jError } from "./neo4j-error.ts";
import type { Reader } from "./reader.ts";
import { typeTest } from "./types.ts";

/** The variables of a row. */
export type Row = Readonly<Record<string, unknown>>;

/** A row with one more variable. */
export function bound(row: Row, variable: string, value: unknown): Row {
  const more: Record<string, unknown> = { ...row };
  more[variable] = value; // a computed name in the literal takes several times as long
  return more;
}

/** What an expression is evaluated in. */
export interface Scope {
  readonly tx: GraphTransaction;
  readonly params: Readonly<Record<string, unknown>>;
}

export type Expression = (scope: Scope, row: Row) => unknown;

/** Reads an expression. Only what plans and the journal use; anything else is no Cypher here. */
export function expression(reader: Reader): Expression {
  return or(reader);
}

function or(reader: Reader): Expression {
  let left = and(reader);
  while (reader.takes("OR")) {
    const [a, b] = [left, and(reader)];
    left = (scope, row) => a(scope, row) === true || b(scope, row) === true;
  }
  return left;
}

function and(reader: Reader): Expression {
  let left = not(reader);
  while (reader.takes("AND")) {
    const [a, b] = [left, not(reader)];
    left = (scope, row) => a(scope, row) === true && b(scope, row) === true;
  }
  return left;
}

function not(reader: Reader): Expression {
  if (!reader.takes("NOT")) return comparison(reader);
  const inner = not(reader);
  return (scope, row) => inner(scope, row) !== true;
}

function comparison(reader: Reader): Expression {
  const left = sum(reader);
  if (reader.takes("IS", "NOT", "NULL")) return (scope, row) => left(scope, row) != null;
  if (reader.takes("IS", "NULL")) return (scope, row) => left(scope, row) == null;
  if (reader.sees("IS")) {
    reader.want("IS");
    reader.wantSign("::");
    const tests = typeNames(reader).map(typeTest);
    return (scope, row) => {
      const value = left(scope, row);
      return tests.some((has) => has(value));
    };
  }
  if (reader.takes("IN")) {
    const list = sum(reader);
    return (scope, row) => (list(scope, row) as readonly unknown[]).includes(left(scope, row));
  }
  if (reader.takesSign("=")) {
    const right = sum(reader);
    return (scope, row) => {
      const [a, b] = [left(scope, row), right(scope, row)];
      return a == null || b == null ? null : a === b;
    };
  }
  return left;
}

function typeNames(reader: Reader): string[] {
  const types: string[] = [];
  do {
    let text = "";
    while (reader.next.kind === "word" && !reader.sees("THEN")) text += ` ${reader.take().text}`;
    if (reader.takesSign("<")) {
      text += `<${typeNames(reader).join(" | ")}>`;
      reader.wantSign(">");
    }
    types.push(text.trim());
  } while (reader.takesSign("|"));
  return types;
}

function sum(reader: Reader): Expression {
  let left = product(reader);
  for (;;) {
    const sign = reader.seesSign("+") ? 1n : reader.seesSign("-") ? -1n : undefined;
    if (sign === undefined) return left;
    reader.take();
    const [a, b] = [left, product(reader)];
    left = (scope, row) => add(a(scope, row), b(scope, row), sign);
  }
}

function add(a: unknown, b: unknown, sign: bigint): unknown {
  if (a == null || b == null) return null;
  if (typeof a === "bigint" && typeof b === "bigint") return a + sign * b;
  if (Array.isArray(a)) return Array.isArray(b) ? [...a, ...b] : [...a, b];
  if (typeof a === "string" || typeof b === "string") return `${a}${b}`;
  return Number(a) + Number(sign) * Number(b);
}

function product(reader: Reader): Expression {
  let left = postfix(reader);
  while (reader.takesSign("/")) {
    const [a, b] = [left, postfix(reader)];
    left = (scope, row) => {
      const divisor = b(scope, row) as bigint;
      if (divisor === 0n) {
        throw new Neo4jError("Neo.ClientError.Statement.ArithmeticError", "/ by zero");
      }
      return (a(scope, row) as bigint) / divisor;
    };
  }
  return left;
}

function postfix(reader: Reader): Expression {
  let left = primary(reader);
  for (;;) {
    const inner = left;
    if (reader.takesSign(".")) {
      const name = reader.name();
      left = (scope, row) => property(scope, inner(scope, row), name);
    } else if (reader.takesSign("[")) {
      const index = expression(reader);
      reader.wantSign("]");
      left = (scope, row) => property(scope, inner(scope, row), String(index(scope, row)));
    } else return left;
  }
}

/** A property of a node, an edge or a map; null where there is none. */
function property({ tx }: Scope, of: unknown, name: string): unknown {
  if (of == null) return null;
  if (of instanceof Node) return tx.node(of.id)?.properties.get(name) ?? null;
  if (of instanceof Edge) return tx.edge(of.id)?.properties.get(name) ?? null;
  return (of as Row)[name] ?? null;
}

function primary(reader: Reader): Expression {
  if (reader.sees("CASE")) return caseOf(reader);
  if (reader.takes("NULL")) return () => null;
  if (reader.takes("TRUE")) return () => true;
  if (reader.takes("FALSE")) return () => false;
  if (reader.takesSign("(")) {
    const inner = expression(reader);
    reader.wantSign(")");
    return inner;
  }
  if (reader.takesSign("[")) return list(reader);
  const { kind, text } = reader.take();
  if (kind === "text") return () => text;
  if (kind === "number") return constant(BigInt(text));
  if (kind === "param") return ({ params }) => params[text];
  if (kind !== "word" && kind !== "name") throw reader.unexpected("an expression");
  if (kind === "word" && reader.takesSign("(")) return called(reader, text);
  return (_, row) => row[text];
}

const constant =
  (value: unknown): Expression =>
  () =>
    value;

function caseOf(reader: Reader): Expression {
  reader.want("CASE");
  const cases: [Expression, Expression][] = [];
  while (reader.takes("WHEN")) {
    const when = expression(reader);
    reader.want("THEN");
    cases.push([when, expression(reader)]);
  }
  const otherwise = reader.takes("ELSE") ? expression(reader) : () => null;
  reader.want("END");
  return (scope, row) => {
    for (const [when, then] of cases) if (when(scope, row) === true) return then(scope, row);
    return otherwise(scope, row);
  };
}

function list(reader: Reader): Expression {
  if (reader.aheadIs("IN")) {
    const variable = reader.name();
    reader.want("IN");
    const of = sum(reader);
    const keep = reader.takes("WHERE") ? expression(reader) : () => true;
    reader.wantSign("]");
    return (scope, row) =>
      (of(scope, row) as readonly unknown[]).filter(
        (each) => keep(scope, bound(row, variable, each)) === true,
      );
  }
  const items: Expression[] = [];
  while (!reader.takesSign("]")) {
    items.push(expression(reader));
    reader.takesSign(",");
  }
  return (scope, row) => items.map((item) => item(scope, row));
}

function called(reader: Reader, name: string): Expression {
  if (name === "reduce") {
    const total = reader.name();
    reader.wantSign("=");
    const first = expression(reader);
    reader.wantSign(",");
    const variable = reader.name();
    reader.want("IN");
    const of = sum(reader);
    reader.wantSign("|");
    const step = expression(reader);
    reader.wantSign(")");
    return (scope, row) =>
      (of(scope, row) as readonly unknown[]).reduce(
        (sum, each) => step(scope, bound(bound(row, total, sum), variable, each)),
        first(scope, row),
      );
  }
  const given: Expression[] = [];
  while (!reader.takesSign(")")) {
    given.push(expression(reader));
    reader.takesSign(",");
  }
  if (!(name in FUNCTIONS)) throw reader.unexpected(`a function that is known, not ${name}`);
  return (scope, row) =>
    call(
      name,
      scope.tx,
      given.map((each) => each(scope, row)),
    );
}
