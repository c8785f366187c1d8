import type { Db } from "mongodb";
import type { EdgeChange, Touch } from "./evidence.ts";

/** Where the workload keeps its own, beside the outbox. */
export const LEDGER = {
  /** One document for each node: its counter. */
  counters: "chaos_counters",
  /** One document for each entry, by its id in text; never purged. */
  entries: "chaos_ledger",
  /** One business document for each entry. */
  documents: "chaos_documents",
  /** Written to see how far a change stream has come. */
  marks: "chaos_marks",
} as const;

export interface CounterDocument {
  readonly _id: string;
  readonly n: number;
}

export interface LedgerDocument {
  readonly _id: string;
  readonly touches: readonly Touch[];
  readonly edges: readonly EdgeChange[];
}

export interface BusinessDocument {
  readonly _id: string;
  /** The nodes that its entry touches. */
  readonly about: readonly string[];
}

/** Makes the collections, and a counter at 0 for each node. Repeating it changes nothing. */
export async function setUpLedger(db: Db, nodes: readonly string[]): Promise<void> {
  const there = new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map(nameOf));
  for (const name of Object.values(LEDGER)) if (!there.has(name)) await db.createCollection(name);
  const counters = db.collection<CounterDocument>(LEDGER.counters);
  await counters.bulkWrite(
    nodes.map((_id) => ({
      updateOne: { filter: { _id }, update: { $setOnInsert: { n: 0 } }, upsert: true },
    })),
    { writeConcern: { w: "majority" } },
  );
}

const nameOf = ({ name }: { name: string }): string => name;
