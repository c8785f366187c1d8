import { waitUntil } from "@outgraph/stack";
import type { Db } from "mongodb";

/** How many entries are committed and not yet acknowledged as applied. Nothing is purged meanwhile. */
export async function pendingEntries(db: Db): Promise<number> {
  // Acks first: an entry that is acked in between then counts as pending, and never below zero.
  const [acked] = await db
    .collection("outbox_acks")
    .aggregate<{ entries: number }>([
      { $group: { _id: null, entries: { $sum: { $size: "$entries" } } } },
    ])
    .toArray();
  return (await db.collection("outbox").countDocuments()) - (acked?.entries ?? 0);
}

/** Resolves when everything that is committed is applied. @throws when an entry was set aside. */
export async function drained(db: Db): Promise<void> {
  await waitUntil(async () => (await pendingEntries(db)) === 0, {
    what: "every entry is applied",
    timeoutMs: 600_000,
    everyMs: 20,
  });
  const parked = await db.collection("outbox_parked").findOne();
  if (parked !== null) throw new Error(`an entry was set aside: ${JSON.stringify(parked)}`);
}
