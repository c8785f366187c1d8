import { Edge, Node } from "./element.ts";
import { bound, type Expression, expression, type Row, type Scope } from "./expression.ts";
import type { Properties } from "./graph-store.ts";
import type { Reader } from "./reader.ts";

/** `(n:Label {key: …})`, or `(n)` for one that is bound. */
export interface NodePattern {
  readonly variable: string;
  readonly label: string | undefined;
  readonly properties: readonly (readonly [string, Expression])[];
}

/** `(a)-[r:TYPE {key: …}]->(b)`. */
export interface EdgePattern {
  readonly variable: string;
  readonly type: string;
  readonly properties: NodePattern["properties"];
  readonly from: NodePattern;
  readonly to: NodePattern;
}

export type Pattern = NodePattern | EdgePattern;

export function pattern(reader: Reader): Pattern {
  const from = nodePattern(reader);
  if (!reader.takesSign("-")) return from;
  reader.wantSign("[");
  const variable = reader.name();
  reader.wantSign(":");
  const type = reader.name();
  const properties = propertiesOf(reader);
  reader.wantSign("]");
  reader.wantSign("->");
  return { variable, type, properties, from, to: nodePattern(reader) };
}

function nodePattern(reader: Reader): NodePattern {
  reader.wantSign("(");
  const isNamed = reader.next.kind === "word" || reader.next.kind === "name";
  const variable = isNamed ? reader.name() : "";
  const label = reader.takesSign(":") ? reader.name() : undefined;
  const properties = propertiesOf(reader);
  reader.wantSign(")");
  return { variable, label, properties };
}

function propertiesOf(reader: Reader): NodePattern["properties"] {
  const found: (readonly [string, Expression])[] = [];
  if (!reader.takesSign("{")) return found;
  while (!reader.takesSign("}")) {
    const name = reader.name();
    reader.wantSign(":");
    found.push([name, expression(reader)]);
    reader.takesSign(",");
  }
  return found;
}

/** The properties that a pattern asks for, in a row. */
export function wanted(of: NodePattern["properties"], scope: Scope, row: Row): Properties {
  const found = new Map<string, unknown>();
  for (const [name, value] of of) found.set(name, value(scope, row));
  return found;
}

/** Every way in which a row goes on with a pattern. */
export function matches(of: Pattern, scope: Scope, row: Row): Row[] {
  return "from" in of ? edgeMatches(of, scope, row) : nodeMatches(of, scope, row);
}

function nodeMatches({ variable, label, properties }: NodePattern, scope: Scope, row: Row): Row[] {
  const known = variable === "" ? undefined : row[variable];
  if (known instanceof Node) return scope.tx.node(known.id) === undefined ? [] : [row];
  const asked = wanted(properties, scope, row);
  const found: Row[] = [];
  scope.tx.eachNode(
    (id) => found.push(variable === "" ? row : bound(row, variable, new Node(id))),
    // The key first: it tells most nodes apart.
    (node) => hasAll(node.properties, asked) && (label === undefined || node.labels.has(label)),
  );
  return found;
}

function edgeMatches(of: EdgePattern, scope: Scope, row: Row): Row[] {
  const asked = wanted(of.properties, scope, row);
  const found: Row[] = [];
  scope.tx.eachEdge((id, edge) => {
    if (edge.type !== of.type || !hasAll(edge.properties, asked)) return;
    if (!isEnd(of.from, edge.from, scope, row) || !isEnd(of.to, edge.to, scope, row)) return;
    const ends = { [of.from.variable]: new Node(edge.from), [of.to.variable]: new Node(edge.to) };
    found.push({ ...row, ...ends, [of.variable]: new Edge(id) });
  });
  return found;
}

function isEnd({ variable, label, properties }: NodePattern, id: number, scope: Scope, row: Row) {
  const known = variable === "" ? undefined : row[variable];
  if (known instanceof Node) return known.id === id;
  const node = scope.tx.node(id);
  if (node === undefined || (label !== undefined && !node.labels.has(label))) return false;
  return hasAll(node.properties, wanted(properties, scope, row));
}

function hasAll(has: Properties, asked: Properties): boolean {
  for (const [name, value] of asked) if (value == null || has.get(name) !== value) return false;
  return true;
}
