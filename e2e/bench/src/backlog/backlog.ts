import { create } from "@bufbuild/protobuf";
import {
  EntrySchema,
  encodeEntry,
  int,
  type Mutation,
  mergeNode,
  newEntryId,
  node,
} from "@outgraph/events";
import { type EntryDocument, entryDocument, outboxCollections } from "@outgraph/outbox";
import type { Db } from "mongodb";
import { expectedGraph } from "../data/expected-graph.ts";

/** So many nodes are merged again and again, so that the graph stays small. */
const NODES = 20_000;
const INSERTED_AT_ONCE = 2_000;
/** An encoded entry then has about 1,024 bytes. */
const TEXT = "x".repeat(874);
/** Of the right size, and never compared: nobody repeats these appends. */
const DIGEST = new Uint8Array(32);

/**
 * Entries that wait in an outbox, numbered in the order of history: each of 1 KB, and merges one node.
 * Those next to one another merge different nodes, so that a batch has as many rows as entries.
 */
export class Backlog {
  readonly #db: Db;
  #entries = 0;

  constructor(db: Db) {
    this.#db = db;
  }

  /** How many were ever put in. */
  get entries(): number {
    return this.#entries;
  }

  /** Puts in as many as are missing to so many, past every writer, as fast as it goes. */
  async fillTo(entries: number): Promise<void> {
    const outbox = outboxCollections(this.#db).entries;
    let inserting: Promise<unknown> = Promise.resolve();
    while (this.#entries < entries) {
      const until = Math.min(entries, this.#entries + INSERTED_AT_ONCE);
      const documents: EntryDocument[] = [];
      while (this.#entries < until) documents.push(document(this.#entries++));
      await inserting; // one after another, since their order is that of history
      inserting = outbox.insertMany(documents);
    }
    await inserting;
  }

  /** What a graph is when the entries from one number up to another are applied to an empty one. */
  static graphOf(from: number, to: number): string {
    // What a node was before its last change is not to be seen.
    const last = Math.max(from, to - NODES);
    const entries = Array.from({ length: to - last }, (_, index) => [change(last + index)]);
    return expectedGraph({ name: "backlog", entries });
  }
}

function change(number: number): Mutation {
  const set = { text: TEXT, number: int(number) };
  return mergeNode(node("Waiting", { id: `${number % NODES}` }), { set });
}

function document(number: number): EntryDocument {
  const entry = create(EntrySchema, {
    id: newEntryId(),
    source: "bench",
    events: [{ type: "bench.backlog", mutations: [change(number)] }],
  });
  return entryDocument({ entry, digest: DIGEST, bytes: encodeEntry(entry) });
}
