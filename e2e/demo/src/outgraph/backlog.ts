import type { Db } from "mongodb";

/** How far the relay has come, as MongoDB tells it. */
export interface Backlog {
  /** Entries that are committed and not yet acknowledged as applied. */
  readonly pending: number;
  readonly applied: number;
}

/** Counts what is committed and what is acknowledged. Nothing is purged within the demo's time. */
export async function backlog(db: Db): Promise<Backlog> {
  // Acks first: an entry that is acked in between then counts as pending, and never below zero.
  const [acked] = await db
    .collection("outbox_acks")
    .aggregate<{ entries: number }>([
      { $group: { _id: null, entries: { $sum: { $size: "$entries" } } } },
    ])
    .toArray();
  const applied = acked?.entries ?? 0;
  return { applied, pending: (await db.collection("outbox").countDocuments()) - applied };
}
