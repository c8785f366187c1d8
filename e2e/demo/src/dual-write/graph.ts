import { type Driver, type ManagedTransaction, types } from "neo4j-driver";
import { foldersOf } from "../codebase/changes.ts";
import type { CodeFile, CodeSymbol } from "../codebase/codebase.ts";
import { shortHash } from "../documents.ts";
import type { Job } from "./job.ts";

/** Makes the constraints that stand behind every MERGE below. */
export async function setUpGraph(graph: Driver): Promise<void> {
  for (const property of ["Repository.name", "Directory.path", "File.path", "Symbol.id"]) {
    const [label, key] = property.split(".");
    await graph.executeQuery(
      `CREATE CONSTRAINT IF NOT EXISTS FOR (n:${label}) REQUIRE n.${key} IS UNIQUE`,
    );
  }
}

/** Brings the graph to what a file is now, in one transaction. */
export async function writeToGraph(graph: Driver, job: Job, file: CodeFile): Promise<void> {
  const { repository } = job;
  const { path, imports, symbols } = file;
  const ids = symbols.map(({ id }) => id);
  await inTransaction(graph, async (tx) => {
    await tx.run(WRITE_FILE, { path, properties: fileProperties(file), hash: shortHash(file) });
    await tx.run(WRITE_FOLDERS, { folders: foldersOf(path).map(folderRow) });
    await tx.run(DELETE_OTHERS, { path, ids });
    await tx.run(WRITE_SYMBOLS, { path, symbols: symbols.map(symbolRow) });
    // Sorted, so that transactions lock what they share in one order and seldom deadlock.
    const calls = symbols.flatMap(callRows).sort((a, b) => (a.to < b.to ? -1 : 1));
    await tx.run(WRITE_CALLS, { calls });
    await tx.run(WRITE_IMPORTS, { path, imports });
    // Last, since it locks the one node that every file's transaction changes.
    await tx.run(COUNT, { repository, bytes: BigInt(file.bytes) });
    await tx.run(WRITE_PLACE, { repository, steps: stepsTo(path) });
  });
}

/** Deletes a file with its symbols, in one transaction. */
export async function deleteFromGraph(graph: Driver, job: Job, path: string): Promise<void> {
  await inTransaction(graph, async (tx) => {
    await tx.run(DELETE_FILE, { path });
    await tx.run(COUNT, { repository: job.repository, bytes: 0n });
  });
}

/** Deletes folders with nothing in them, and those that then have nothing in them. */
export async function deleteEmptyFolders(graph: Driver): Promise<void> {
  for (;;) {
    const { records } = await graph.executeQuery(DELETE_EMPTY_FOLDERS);
    if (records[0]?.get("deleted").toInt() === 0) return;
  }
}

const COUNT = `
  MERGE (r:Repository {name: $repository})
  SET r.ingests = coalesce(r.ingests, 0) + 1, r.bytesIngested = coalesce(r.bytesIngested, 0) + $bytes`;

const WRITE_FILE = `
  MERGE (f:File {path: $path})
  SET f += $properties, f.ingests = coalesce(f.ingests, 0) + 1, f.history = coalesce(f.history, []) + $hash`;

const WRITE_FOLDERS = `
  UNWIND $folders AS folder
  MERGE (d:Directory {path: folder.path}) ON CREATE SET d += folder`;

const WRITE_PLACE = `
  MATCH (r:Repository {name: $repository})
  UNWIND $steps AS step
  OPTIONAL MATCH (above:Directory {path: step.from})
  OPTIONAL MATCH (folder:Directory {path: step.to})
  OPTIONAL MATCH (file:File {path: step.to})
  WITH coalesce(above, r) AS from, coalesce(folder, file) AS to
  MERGE (from)-[:CONTAINS]->(to)`;

const DELETE_OTHERS = `
  MATCH (:File {path: $path})-[:DEFINES]->(s) WHERE NOT s.id IN $ids DETACH DELETE s`;

const WRITE_SYMBOLS = `
  MATCH (f:File {path: $path})
  UNWIND $symbols AS symbol
  MERGE (s:Symbol {id: symbol.properties.id})
  REMOVE s:Exported
  SET s = symbol.properties, s:$(symbol.labels)
  MERGE (f)-[:DEFINES]->(s)
  WITH s
  MATCH (s)-[old:CALLS]->() DELETE old`;

const WRITE_CALLS = `
  UNWIND $calls AS call
  MATCH (s:Symbol {id: call.from})
  MERGE (t:Symbol {id: call.to})
  MERGE (s)-[c:CALLS]->(t) SET c = call.properties`;

const WRITE_IMPORTS = `
  MATCH (f:File {path: $path})
  OPTIONAL MATCH (f)-[old:IMPORTS]->() DELETE old
  WITH DISTINCT f
  UNWIND $imports AS import
  MERGE (t:File {path: import.path})
  MERGE (f)-[i:IMPORTS]->(t) SET i.names = import.names, i.typeOnly = import.typeOnly`;

const DELETE_FILE = `
  MATCH (f:File {path: $path})
  OPTIONAL MATCH (f)-[:DEFINES]->(s)
  DETACH DELETE f, s`;

const DELETE_EMPTY_FOLDERS = `
  MATCH (d:Directory) WHERE NOT (d)-[:CONTAINS]->() DETACH DELETE d RETURN count(*) AS deleted`;

/** The driver repeats the whole of it for up to 30 seconds: deadlocks, lost connections, a restart. */
async function inTransaction(
  graph: Driver,
  work: (tx: ManagedTransaction) => Promise<void>,
): Promise<void> {
  const session = graph.session();
  try {
    await session.executeWrite(work);
  } finally {
    await session.close();
  }
}

// A bigint is an integer in Neo4j, a number is a float.

function fileProperties(file: CodeFile): object {
  const { name, language, test, averageLine, hash, exports, externals } = file;
  const counts = { bytes: BigInt(file.bytes), lines: BigInt(file.lines) };
  const modifiedAt = types.DateTime.fromStandardDate(file.modifiedAt);
  return { name, language, test, averageLine, hash, modifiedAt, exports, externals, ...counts };
}

function folderRow(path: string): object {
  const parts = path.split("/");
  return { path, name: parts.at(-1), depth: BigInt(parts.length) };
}

/** From the repository (null) down to the file. */
function stepsTo(path: string): object[] {
  const places = [null, ...foldersOf(path), path];
  return places.slice(1).map((to, at) => ({ from: places[at], to }));
}

function symbolRow(symbol: CodeSymbol): object {
  const { id, name, kind, exported, async, parameters, summary } = symbol;
  const lines = { line: BigInt(symbol.line), endLine: BigInt(symbol.endLine) };
  const declarations = BigInt(symbol.declarations);
  const plain = { id, name, kind, exported, async, parameters, summary, declarations };
  const labels = exported ? ["Exported"] : [];
  return { labels, properties: { ...plain, ...lines } };
}

function callRows({ id, calls }: CodeSymbol): { readonly from: string; readonly to: string }[] {
  return calls.map(({ symbol, count, lines }) => ({
    from: id,
    to: symbol,
    properties: { count: BigInt(count), lines: lines.map(BigInt) },
  }));
}
