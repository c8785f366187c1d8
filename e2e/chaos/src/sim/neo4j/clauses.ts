import { Edge, Node } from "./element.ts";
import { bound, type Expression, expression, type Row, type Scope } from "./expression.ts";
import { inTurn } from "./in-turn.ts";
import {
  type EdgePattern,
  matches,
  type NodePattern,
  type Pattern,
  pattern,
  wanted,
} from "./pattern.ts";
import type { Reader } from "./reader.ts";
import { changeLabels, changeProperties, elementOf, gone, keyLock, lockOf } from "./writing.ts";

/** One step of a statement: from rows to rows; a promise only where it waits for a lock. */
export type Clause = (
  scope: Scope,
  rows: readonly Row[],
) => readonly Row[] | Promise<readonly Row[]>;

/** Something that is done with each row; undefined once it is done. */
type Act = (scope: Scope, row: Row) => Promise<void> | undefined;

/** Reads the clauses of a statement. Only those that plans and the journal use. */
export function clauses(reader: Reader): Clause[] {
  const found: Clause[] = [];
  while (reader.next.kind !== "end") found.push(clause(reader));
  return found;
}

function clause(reader: Reader): Clause {
  if (reader.takes("UNWIND")) return unwind(reader);
  if (reader.takes("OPTIONAL", "MATCH")) return match(reader, true);
  if (reader.takes("MATCH")) return match(reader, false);
  if (reader.takes("MERGE")) return merge(reader);
  if (reader.takes("CREATE")) return create(reader);
  if (reader.takes("WITH") || reader.takes("RETURN")) return project(reader);
  const acts = act(reader);
  if (acts === undefined) throw reader.unexpected("a clause");
  return (scope, rows) => {
    const waiting = inTurn(rows, (row) => inTurn(acts, (each) => each(scope, row)));
    return waiting === undefined ? rows : waiting.then(() => rows);
  };
}

function act(reader: Reader): readonly Act[] | undefined {
  if (reader.takes("SET")) return items(reader, setItem);
  if (reader.takes("REMOVE")) return items(reader, removeItem);
  if (reader.takes("DETACH", "DELETE")) return [remove(reader.name())];
  if (reader.takes("DELETE")) return [remove(reader.name())];
  if (reader.takes("FOREACH")) return [forEach(reader)];
  return undefined;
}

function items(reader: Reader, read: (reader: Reader) => Act): Act[] {
  const acts = [read(reader)];
  while (reader.takesSign(",")) acts.push(read(reader));
  return acts;
}

function unwind(reader: Reader): Clause {
  const list = expression(reader);
  reader.want("AS");
  const variable = reader.name();
  return (scope, rows) =>
    rows.flatMap((row) =>
      (list(scope, row) as readonly unknown[]).map((each) => bound(row, variable, each)),
    );
}

function match(reader: Reader, optional: boolean): Clause {
  const of = pattern(reader);
  const where = reader.takes("WHERE") ? expression(reader) : () => true;
  const variables = "from" in of ? [of.from.variable, of.variable, of.to.variable] : [of.variable];
  return (scope, rows) =>
    rows.flatMap((row) => {
      const found = matches(of, scope, row).filter((each) => where(scope, each) === true);
      if (found.length > 0 || !optional) return found;
      const absent = variables.filter((name) => row[name] === undefined);
      return [{ ...row, ...Object.fromEntries(absent.map((name) => [name, null])) }];
    });
}

function merge(reader: Reader): Clause {
  const of = pattern(reader);
  const onCreate: Act[] = [];
  while (reader.takes("ON", "CREATE")) {
    reader.want("SET");
    onCreate.push(...items(reader, setItem));
  }
  const make = (scope: Scope, row: Row, found: Row[]): Promise<void> | undefined => {
    const made = "from" in of ? madeEdge(of, scope, row) : madeNode(of, scope, row);
    found.push(made);
    return inTurn(onCreate, (each) => each(scope, made));
  };
  return (scope, rows) => {
    const found: Row[] = [];
    const waiting = inTurn(rows, (row) => {
      const there = matches(of, scope, row);
      if (there.length > 0) return void found.push(...there);
      const locked = lockBeforeMaking(of, scope, row);
      if (locked === undefined) return make(scope, row, found);
      return locked.then(() => {
        const now = matches(of, scope, row);
        if (now.length === 0) return make(scope, row, found);
        return void found.push(...now);
      });
    });
    return waiting === undefined ? found : waiting.then(() => found);
  };
}

/** Takes the locks under which a merge looks again: of the key behind a constraint, of an edge's ends. */
function lockBeforeMaking(of: Pattern, scope: Scope, row: Row): Promise<unknown> | undefined {
  if (!("from" in of)) {
    if (of.label === undefined || !scope.tx.isUnique(of.label)) return undefined;
    return scope.tx.lock(keyLock(of.label, wanted(of.properties, scope, row)));
  }
  const ends = [row[of.from.variable], row[of.to.variable]] as Node[];
  const [low, high] = ends.toSorted((a, b) => a.id - b.id) as [Node, Node];
  const waiting = lockOf(scope.tx, low);
  if (waiting !== undefined) return waiting.then(() => lockOf(scope.tx, high));
  return lockOf(scope.tx, high);
}

function create(reader: Reader): Clause {
  const of = pattern(reader);
  if (!("from" in of)) throw reader.unexpected("an edge");
  return (scope, rows) => rows.map((row) => madeEdge(of, scope, row));
}

function madeNode(of: NodePattern, scope: Scope, row: Row): Row {
  const labels = of.label === undefined ? [] : [of.label];
  const id = scope.tx.createNode(labels, wanted(of.properties, scope, row));
  return bound(row, of.variable, new Node(id));
}

function madeEdge(of: EdgePattern, scope: Scope, row: Row): Row {
  const [from, to] = [row[of.from.variable], row[of.to.variable]];
  if (!(from instanceof Node && to instanceof Node)) throw new SyntaxError("an end is not bound");
  if (scope.tx.node(from.id) === undefined || scope.tx.node(to.id) === undefined) throw gone();
  const properties = wanted(of.properties, scope, row);
  const id = scope.tx.createEdge({ type: of.type, from: from.id, to: to.id, properties });
  return bound(row, of.variable, new Edge(id));
}

function project(reader: Reader): Clause {
  const columns: { readonly name: string; readonly value: Expression }[] = [];
  do {
    const first = reader.next.text;
    const value = expression(reader);
    columns.push({ name: reader.takes("AS") ? reader.name() : first, value });
  } while (reader.takesSign(","));
  const where = reader.takes("WHERE") ? expression(reader) : () => true;
  return (scope, rows) =>
    rows
      .filter((row) => where(scope, row) === true)
      .map((row) => {
        const projected: Record<string, unknown> = {};
        for (const { name, value } of columns) projected[name] = value(scope, row);
        return projected;
      });
}

/** `n.name = …`, `n += …`, `n:Label:Label`. */
function setItem(reader: Reader): Act {
  const variable = reader.name();
  if (reader.seesSign(":")) return labelsItem(reader, variable, (has, label) => has.add(label));
  if (reader.takesSign("+=")) {
    const map = expression(reader);
    return locked(variable, (scope, row, of) => {
      const all = Object.entries((map(scope, row) ?? {}) as Row);
      changeProperties(scope.tx, of, (has) => {
        for (const [name, value] of all) has.set(name, value);
      });
    });
  }
  reader.wantSign(".");
  const name = reader.name();
  reader.wantSign("=");
  const from = reader.place;
  const value = expression(reader);
  // Where a property is made of itself, Neo4j takes the lock before it looks; else it has looked by then.
  if (reader.reads(variable, name, from)) {
    return locked(variable, (scope, row, of) => {
      const given = value(scope, row);
      changeProperties(scope.tx, of, (has) => has.set(name, given));
    });
  }
  return (scope, row) => {
    const of = elementOf(row, variable);
    if (of === undefined) return undefined;
    const given = value(scope, row);
    const set = (): void => changeProperties(scope.tx, of, (has) => has.set(name, given));
    return underLock(scope, of, set);
  };
}

/** `n:Label:Label`, `n[name]`. */
function removeItem(reader: Reader): Act {
  const variable = reader.name();
  if (reader.seesSign(":")) return labelsItem(reader, variable, (has, label) => has.delete(label));
  reader.wantSign("[");
  const name = expression(reader);
  reader.wantSign("]");
  return locked(variable, (scope, row, of) =>
    changeProperties(scope.tx, of, (has) => has.delete(String(name(scope, row)))),
  );
}

function labelsItem(
  reader: Reader,
  variable: string,
  change: (labels: Set<string>, label: string) => void,
): Act {
  const labels: string[] = [];
  while (reader.takesSign(":")) labels.push(reader.name());
  return locked(variable, (scope, _, of) => {
    if (of instanceof Node) {
      changeLabels(scope.tx, of, (has) => {
        for (const label of labels) change(has, label);
      });
    }
  });
}

function forEach(reader: Reader): Act {
  reader.wantSign("(");
  const variable = reader.name();
  reader.want("IN");
  const list = expression(reader);
  reader.wantSign("|");
  const acts = act(reader);
  reader.wantSign(")");
  return (scope, row) =>
    inTurn(list(scope, row) as readonly unknown[], (each) =>
      inTurn(acts ?? [], (one) => one(scope, bound(row, variable, each))),
    );
}

/** Deletes a node with its edges, or an edge. */
function remove(variable: string): Act {
  return locked(variable, (scope, _, of) => {
    if (of instanceof Edge) return void scope.tx.writeEdge(of.id, undefined);
    const edges: Edge[] = [];
    scope.tx.eachEdge((id, { from, to }) => {
      if (from === of.id || to === of.id) edges.push(new Edge(id));
    });
    const waiting = inTurn(edges, (edge) =>
      underLock(scope, edge, () => scope.tx.writeEdge(edge.id, undefined)),
    );
    const done = (): void => scope.tx.writeNode(of.id, undefined);
    return waiting === undefined ? done() : waiting.then(done);
  });
}

/** Does something under the lock of what a variable names; nothing when it names nothing. */
function locked(
  variable: string,
  work: (scope: Scope, row: Row, of: Node | Edge) => Promise<void> | void,
): Act {
  return (scope, row) => {
    const of = elementOf(row, variable);
    if (of === undefined) return undefined;
    return underLock(scope, of, () => work(scope, row, of));
  };
}

function underLock(
  scope: Scope,
  of: Node | Edge,
  work: () => Promise<void> | void,
): Promise<void> | undefined {
  const waiting = lockOf(scope.tx, of);
  if (waiting !== undefined) return waiting.then(work);
  return work() ?? undefined;
}
