import { Edge, Node } from "./element.ts";
import type { GraphTransaction } from "./graph-transaction.ts";
import { Neo4jError } from "./neo4j-error.ts";

type Function = (tx: GraphTransaction, ...given: readonly unknown[]) => unknown;

/** What plans and the journal call. */
export const FUNCTIONS: Readonly<Record<string, Function>> = {
  coalesce: (_, ...given) => given.find((each) => each != null) ?? null,
  toString: (_: GraphTransaction, value: unknown) => (value == null ? null : String(value)),
  keys: (tx, of) => {
    if (of instanceof Node) return [...(tx.node(of.id)?.properties.keys() ?? [])];
    if (of instanceof Edge) return [...(tx.edge(of.id)?.properties.keys() ?? [])];
    return of == null ? null : Object.keys(of);
  },
  // No plan makes dates of texts: this is how it refuses.
  date: (_, text) => {
    throw new Neo4jError(
      "Neo.ClientError.Statement.SyntaxError",
      `Text cannot be parsed to a Date\n"${text}"`,
    );
  },
};

/** What a function gives. */
export function call(name: string, tx: GraphTransaction, given: readonly unknown[]): unknown {
  return (FUNCTIONS[name] as Function)(tx, ...given);
}
