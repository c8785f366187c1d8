import type { EntryId } from "@outgraph/events";
import { type Journal, ringNumbers } from "./journal.ts";
import { after, type BatchNumber, RING_SIZE } from "./lane.ts";

/** What both sides say about the past, at a start. */
export interface Evidence {
  readonly journal: Journal;
  readonly newestAck: BatchNumber;
  /** The entries that the acks of the ring's batches name; a batch without an ack is left out. */
  readonly acks: ReadonlyMap<BatchNumber, readonly EntryId[]>;
  /** Entries of the ring that have no ack, and that the outbox has. */
  readonly stored: { has(entry: EntryId): boolean };
}

/** Whether the two sides tell one history. */
export type HistoryVerdict =
  /** They do; these batches are in the graph and still want their acks, oldest first. */
  | { readonly kind: "agrees"; readonly toAck: readonly BatchNumber[] }
  /** The graph knows batches that MongoDB does not: MongoDB was restored. */
  | { readonly kind: "outbox_older"; readonly why: string }
  /** MongoDB knows batches that the graph does not: Neo4j was restored, or emptied. */
  | { readonly kind: "graph_older"; readonly from: BatchNumber; readonly to: BatchNumber }
  /** The graph is behind, and what it has is not what MongoDB says: both were restored. */
  | { readonly kind: "differs"; readonly why: string };

/** Compares the journal with the acks. Tells which side was put back, if one was. */
export function judgeHistory({ journal, newestAck, acks, stored }: Evidence): HistoryVerdict {
  const last = journal.batch;
  if (last < newestAck) {
    const other = otherEntries(journal, acks);
    if (other !== undefined) return { kind: "differs", why: other };
    return { kind: "graph_older", from: after(last), to: newestAck };
  }
  // An owner never commits batch n before the ack of n − 8, so a wider gap means lost acks.
  if (last - RING_SIZE > newestAck) {
    const why = `the graph has batch ${last}, the newest ack is of batch ${newestAck}`;
    return { kind: "outbox_older", why };
  }
  const other = otherEntries(journal, acks);
  if (other !== undefined) return { kind: "outbox_older", why: other };
  const toAck: BatchNumber[] = [];
  for (const number of ringNumbers(last)) {
    const entries = journal.ring.get(number);
    if (entries === undefined) {
      return { kind: "outbox_older", why: `the journal does not say what batch ${number} applied` };
    }
    const acked = acks.get(number);
    if (acked !== undefined) continue;
    const unknown = entries.find((entry) => !stored.has(entry));
    if (unknown !== undefined) {
      const why = `batch ${number} in the graph applied entry ${unknown}, which the outbox does not have`;
      return { kind: "outbox_older", why };
    }
    toAck.push(number);
  }
  return { kind: "agrees", toAck };
}

/** The batch that the graph and its ack tell differently, if there is one. */
function otherEntries({ ring }: Journal, acks: Evidence["acks"]): string | undefined {
  for (const [number, entries] of ring) {
    const acked = acks.get(number);
    if (acked !== undefined && !sameEntries(acked, entries)) {
      return `batch ${number} has other entries in the graph than in its ack`;
    }
  }
  return undefined;
}

/** Whether both name the same entries in the same order. */
export function sameEntries(a: readonly EntryId[], b: readonly EntryId[]): boolean {
  return a.length === b.length && a.every((entry, index) => entry === b[index]);
}
