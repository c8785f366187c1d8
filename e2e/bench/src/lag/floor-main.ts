// The least that carries entries into a graph: a bare change stream, and for what came meanwhile one
// bare transaction of the same rows. It keeps no journal, acks nothing, folds nothing, and survives
// nothing: whatever fails ends it.
import { decodeEntry, type Entry, type NodeRef, type Value } from "@outgraph/events";
import { type EntryDocument, outboxCollections } from "@outgraph/outbox";
import { type ChangeStreamInsertDocument, MongoClient } from "mongodb";
import neo4j from "neo4j-driver";

const STATEMENTS = {
  files: "UNWIND $rows AS row MERGE (f:File {path: row.path})",
  symbols: "UNWIND $rows AS row MERGE (s:Symbol {number: row.number}) SET s += row.set",
  edges:
    "UNWIND $rows AS row MATCH (s:Symbol {number: row.number}) " +
    "MATCH (f:File {path: row.path}) MERGE (s)-[:DEFINED_IN]->(f)",
} as const;

const told = (name: string): string => process.env[name] ?? "";
const mongo = await new MongoClient(told("OUTGRAPH_MONGODB_URI")).connect();
const password = told("OUTGRAPH_NEO4J_PASSWORD");
const driver = neo4j.driver(
  told("OUTGRAPH_NEO4J_URI"),
  password === "" ? undefined : neo4j.auth.basic(told("OUTGRAPH_NEO4J_USER"), password),
  { useBigInt: true },
);

let arrived: Entry[] = [];
let wake: () => void = () => {};

async function read(): Promise<never> {
  const { entries } = outboxCollections(mongo.db(told("OUTGRAPH_DATABASE")));
  const stream = entries.watch<EntryDocument, ChangeStreamInsertDocument<EntryDocument>>([
    { $match: { operationType: "insert" } },
  ]);
  await stream.tryNext(); // the server opens it at the first question
  console.log(JSON.stringify({ msg: "reading" }));
  for await (const { fullDocument } of stream) {
    arrived.push(decodeEntry(fullDocument.body.value()));
    wake();
  }
  throw new Error("the change stream is closed");
}

async function write(): Promise<never> {
  const session = driver.session();
  for (;;) {
    while (arrived.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const rows = arrived.map(rowOf);
    arrived = [];
    const transaction = session.beginTransaction(); // travels with the first statement
    const runs = Object.values(STATEMENTS).map((cypher) => transaction.run(cypher, { rows }));
    await Promise.all(runs);
    await transaction.commit();
  }
}

/** An entry of `symbols` as the statements want it. */
function rowOf({ id, events }: Entry): Readonly<Record<string, unknown>> {
  const [symbol, file] = (events[0]?.mutations ?? []).map(({ kind }) => kind);
  if (symbol?.case !== "mergeNode" || file?.case !== "mergeNode") {
    throw new Error(`entry ${id} is not of this workload`);
  }
  const set = Object.entries(symbol.value.set).map(([name, value]) => [name, bare(value)]);
  return {
    number: bare(keyOf(symbol.value.node, "number")),
    path: bare(keyOf(file.value.node, "path")),
    set: Object.fromEntries(set),
  };
}

function keyOf(node: NodeRef | undefined, name: string): Value | undefined {
  return node?.key[name];
}

function bare(value: Value | undefined): unknown {
  return value?.kind.value;
}

await Promise.all([read(), write()]);
