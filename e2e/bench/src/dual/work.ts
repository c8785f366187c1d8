import { createHash } from "node:crypto";
import { edge, int, type Mutation, mergeEdge, mergeNode, node } from "@outgraph/events";

/** One document, and what it means for the graph. */
export interface Step {
  readonly collection: Collection;
  readonly document: StoredDocument;
  /** As a program writes it that has Neo4j's driver and nothing else: one round trip. */
  readonly statement: () => Statement;
  /** The same for an entry. */
  readonly mutations: () => readonly Mutation[];
}

export interface StoredDocument {
  readonly _id: string;
  readonly [field: string]: string | number;
}

export interface Statement {
  readonly cypher: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What belongs together: one entry, or, for who writes twice, one step after the other. */
export type Work = readonly Step[];

export const COLLECTIONS = ["files", "symbols"] as const;
export type Collection = (typeof COLLECTIONS)[number];

/** Labels with the property by which both arms merge. */
export const NODE_KEYS = { File: "path", Symbol: "id" } as const;

/**
 * The n-th symbol alone: some 300 bytes of document, a node, and its edge to one of 97 files. Those
 * next to each other are in different files, so that callers who write twice side by side seldom
 * wait for each other's locks.
 */
export function oneSymbol(n: number): Work {
  return [symbolStep(`services/relay/src/part-${n % 97}.ts`, n)];
}

const SYMBOLS_IN_FILE = 10;

/** The n-th file, then its ten symbols. */
export function oneFile(n: number): Work {
  const path = `services/relay/src/part-${n % 97}/module-${n}.ts`;
  const symbols = Array.from({ length: SYMBOLS_IN_FILE }, (_, at) =>
    symbolStep(path, n * SYMBOLS_IN_FILE + at),
  );
  return [fileStep(path, n), ...symbols];
}

function fileStep(path: string, n: number): Step {
  const [language, lines] = ["typescript", 50 + (n % 200)];
  const hash = createHash("sha256").update(path).digest("hex");
  return {
    collection: "files",
    document: { _id: path, language, lines, hash },
    statement: () => ({
      cypher: "MERGE (f:File {path: $path}) SET f += $set",
      params: { path, set: { language, lines: int(lines) } },
    }),
    mutations: () => [mergeNode(node("File", { path }), { set: { language, lines: int(lines) } })],
  };
}

function symbolStep(path: string, n: number): Step {
  const [id, name, kind, line] = [`${path}#symbol_${n}`, `symbol_${n}`, "function", n % 5_000];
  const signature = `${name}(batch: readonly Entry[], limit: number): Promise<Outcome>`;
  const doc = "Commits what the journal does not name yet, and returns what it does.";
  const set = { name, kind, line: int(line) };
  return {
    collection: "symbols",
    document: { _id: id, name, kind, file: path, line, signature, doc },
    statement: () => ({ cypher: MERGE_SYMBOL, params: { path, id, set } }),
    mutations: () => {
      const [symbol, file] = [node("Symbol", { id }), node("File", { path })];
      return [
        mergeNode(file),
        mergeNode(symbol, { set }),
        mergeEdge(edge("DEFINED_IN", symbol, file)),
      ];
    },
  };
}

const MERGE_SYMBOL =
  "MERGE (f:File {path: $path}) MERGE (s:Symbol {id: $id}) SET s += $set " +
  "MERGE (s)-[:DEFINED_IN]->(f)";
