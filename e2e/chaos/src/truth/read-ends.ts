import type { Db, Document } from "mongodb";
import type { Driver } from "neo4j-driver";
import {
  type BusinessDocument,
  type CounterDocument,
  LEDGER,
  type LedgerDocument,
} from "./collections.ts";
import type {
  CanaryEdge,
  CanaryNode,
  Documents,
  Evidence,
  Graph,
  OutboxState,
} from "./evidence.ts";
import { CANARY, GATE } from "./mutations.ts";
import { entryOf } from "./outbox-event.ts";

const MAJORITY = { readConcern: { level: "majority" } } as const;

/** What MongoDB holds in the end. Nothing may change meanwhile. */
export async function readMongo(
  db: Db,
): Promise<Required<Pick<Evidence, "ledger" | "documents" | "outbox">>> {
  const ledger = await readAll<LedgerDocument>(db, LEDGER.entries);
  return {
    ledger: ledger.map(({ _id, ...entry }) => ({ id: _id, ...entry })),
    documents: await readDocuments(db),
    outbox: await readOutbox(db),
  };
}

async function readDocuments(db: Db): Promise<Documents> {
  const documents = await readAll<BusinessDocument>(db, LEDGER.documents);
  const counters = await readAll<CounterDocument>(db, LEDGER.counters);
  return {
    entries: documents.map(({ _id }) => _id),
    counters: Object.fromEntries(counters.map(({ _id, n }) => [_id, n])),
  };
}

async function readOutbox(db: Db): Promise<OutboxState> {
  const stored = await readAll<Document>(db, "outbox", { _id: 1 });
  const acks = await readAll<Document>(db, "outbox_acks");
  const parked = await readAll<Document>(db, "outbox_parked", { _id: 1 });
  const isSkip = ({ _id }: Document): boolean => String(_id).startsWith("skip/");
  return {
    stored: stored.map(({ _id }) => entryOf(_id)),
    acks: acks
      .filter((ack) => !isSkip(ack))
      .map(({ batch, epoch, entries }) => ({
        batch: Number(batch),
        epoch: Number(epoch),
        entries: (entries as unknown[]).map(entryOf),
      })),
    skipped: acks.filter(isSkip).flatMap(({ entries }) => (entries as unknown[]).map(entryOf)),
    aside: parked.map(({ _id }) => entryOf(_id)),
  };
}

/** The relay's own nodes, and the one that says that a graph is a scratch one. */
const BOOKS = "OutgraphOutbox|OutgraphLane|OutgraphBatch|OutgraphChaosScratch";

/** What is neither a canary nor a gate, or is one with more than an entry gives it. */
const STRANGERS = `
MATCH (n)
WHERE NOT n:${BOOKS} AND (NOT labels(n) IN [["${CANARY}"], ["${GATE}"]]
  OR any(name IN keys(n) WHERE NOT name IN ["id", "log", "n", "by"]))
RETURN labels(n) AS labels, keys(n) AS names, n.id AS id`;

/** What the graph holds in the end; canaries are sorted by the server. */
export async function readGraph(driver: Driver, database = "neo4j"): Promise<Graph> {
  const nodes: CanaryNode[] = [];
  const edges: CanaryEdge[] = [];
  const strangers: string[] = [];
  const read = { defaultAccessMode: "READ", database } as const;
  const session = driver.session(read);
  try {
    const allNodes = session.run(
      `MATCH (n:${CANARY}) RETURN n.id AS key, coalesce(n.log, []) AS log, n.n AS n, n.by AS by ORDER BY key`,
    );
    for await (const row of allNodes) {
      const { key, log, n, by } = row.toObject();
      nodes.push({
        ...{ key: String(key), log: (log as bigint[]).map(Number) },
        ...(n !== null && { n: Number(n) }),
        ...(by !== null && { by: String(by) }),
      });
    }
    const allEdges = session.run(
      `MATCH (a:${CANARY})-[e]->(b:${CANARY}|${GATE})
       RETURN type(e) AS type, a.id AS from, b.id AS to, e.by AS by ORDER BY from, to, type`,
    );
    for await (const row of allEdges) {
      const { type, from, to, by } = row.toObject();
      edges.push({ type, from, to, ...(by !== null && { by: String(by) }) } as CanaryEdge);
    }
    for await (const row of session.run(STRANGERS)) {
      const { labels, names, id } = row.toObject();
      strangers.push(`${labels.join(":")} {${names.join(", ")}} of the id ${id}`);
    }
  } finally {
    await session.close();
  }
  return { nodes, edges, strangers };
}

async function readAll<T>(
  db: Db,
  collection: string,
  projection: Document = {},
): Promise<(T & Document)[]> {
  const all: Document[] = [];
  for await (const each of db
    .collection(collection, MAJORITY)
    .find({}, { projection, sort: { _id: 1 } })) {
    all.push(each);
  }
  return all as (T & Document)[];
}
