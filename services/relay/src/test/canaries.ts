import type { EntryId } from "@outgraph/events";
import { waitUntil } from "@outgraph/stack";
import { query } from "./real-graph.ts";
import type { RealOutbox } from "./real-outbox.ts";

/** What canaries left in the shared graph. */
export interface Seen {
  /** Their ids, as often and in the order they were applied. */
  readonly ids: readonly EntryId[];
  /** How often one was applied. */
  readonly count: number;
}

/** What canaries left so far, in the shared graph or another. */
export async function canaries(ask: typeof query = query): Promise<Seen> {
  const rows = await ask<{ seen: EntryId[]; count: bigint }>(
    "MATCH (c:Canary) RETURN c.seen AS seen, c.count AS count",
  );
  return { ids: rows[0]?.seen ?? [], count: Number(rows[0]?.count ?? 0n) };
}

/** Waits until acks name so many entries, and says which, in the order of batches. */
export function acked(outbox: RealOutbox, entries: number, timeoutMs = 60_000): Promise<EntryId[]> {
  return waitUntil(
    async () => {
      const ids = await outbox.acked();
      return ids.length >= entries ? ids : undefined;
    },
    { what: `${entries} entries are acked`, timeoutMs },
  );
}
