import { create } from "@bufbuild/protobuf";
import { EntrySchema, encodeEntry, mergeNode, newEntryId, node } from "@outgraph/events";
import { type EntryDocument, entryDocument, outboxCollections } from "@outgraph/outbox";
import type { Db } from "mongodb";

/** So many nodes are merged again and again, so that the graph stays small. */
const NODES = 20_000;

const ENTRIES_AT_ONCE = 2_000;
const INSERTS_AT_ONCE = 3;

/** Of the right size, and never compared: nobody repeats these appends. */
const DIGEST = new Uint8Array(32);

/** Puts entries of about so many bytes into an outbox, past every writer, as fast as it goes. */
export async function fill(db: Db, entries: number, bytes: number): Promise<void> {
  const outbox = outboxCollections(db);
  const text = "x".repeat(Math.max(1, bytes - 150)); // the rest of an entry takes about that
  let next = 0;
  const insert = async (): Promise<void> => {
    while (next < entries) {
      const first = next;
      next = Math.min(entries, first + ENTRIES_AT_ONCE);
      const documents: EntryDocument[] = [];
      for (let number = first; number < next; number++) documents.push(document(number, text));
      await outbox.entries.insertMany(documents, { ordered: false, writeConcern: { w: 1 } });
    }
  };
  await Promise.all(Array.from({ length: INSERTS_AT_ONCE }, insert));
}

function document(number: number, text: string): EntryDocument {
  const entry = create(EntrySchema, {
    id: newEntryId(),
    source: "soak",
    events: [
      {
        type: "soak.v1.Written",
        mutations: [mergeNode(node("Soak", { id: `${number % NODES}` }), { set: { text } })],
      },
    ],
  });
  return entryDocument({ entry, digest: DIGEST, bytes: encodeEntry(entry) });
}
