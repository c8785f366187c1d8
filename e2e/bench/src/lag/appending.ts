import { setTimeout as pause } from "node:timers/promises";
import { encodeEntry } from "@outgraph/events";
import { type EntryDocument, entryDocument, outboxCollections } from "@outgraph/outbox";
import type { Db } from "mongodb";
import { type Dataset, entriesOf } from "../data/dataset.ts";
import { steadyMs } from "./steady-clock.ts";

/** Of the right size, and never compared: nobody repeats these appends. */
const DIGEST = new Uint8Array(32);

/** A dataset as it goes into an outbox; made before the time begins. */
export function documentsOf(dataset: Dataset): EntryDocument[] {
  return entriesOf(dataset).map((entry) =>
    entryDocument({ entry, digest: DIGEST, bytes: encodeEntry(entry) }),
  );
}

/**
 * Inserts each entry by itself, `w: majority`, journalled, when its turn on the schedule has come,
 * whatever became of those before: who waits for nobody leaves no slow moment out.
 *
 * @param rate entries a second.
 * @param onSent told how many were sent, after each.
 * @returns when each was acknowledged, by the steady clock.
 */
export async function appendOnSchedule(
  db: Db,
  documents: readonly EntryDocument[],
  rate: number,
  onSent: (sent: number) => void = () => {},
): Promise<Float64Array> {
  const { entries } = outboxCollections(db);
  const acknowledged = new Float64Array(documents.length);
  const began = steadyMs();
  const inserts: Promise<void>[] = [];
  for (const [index, document] of documents.entries()) {
    const early = began + (index * 1_000) / rate - steadyMs();
    if (early > 0) await pause(early);
    const insert = entries.insertOne(document).then(() => {
      acknowledged[index] = steadyMs();
    });
    insert.catch(() => {}); // thrown below, once all were sent
    inserts.push(insert);
    onSent(index + 1);
  }
  await Promise.all(inserts);
  return acknowledged;
}

/** Inserts all entries as fast as so many callers can, each waiting for its own acknowledgement. */
export async function appendAtOnce(
  db: Db,
  documents: readonly EntryDocument[],
  callers: number,
): Promise<void> {
  const { entries } = outboxCollections(db);
  const left = documents.values();
  const caller = async (): Promise<void> => {
    for (const document of left) await entries.insertOne(document);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}
