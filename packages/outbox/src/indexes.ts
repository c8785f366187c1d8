import type { COLLECTION } from "./names.ts";

/** An index, as `createIndexes` takes it. */
export interface OutboxIndex {
  readonly name: string;
  readonly key: Readonly<Record<string, 1 | -1>>;
}

type CollectionName = (typeof COLLECTION)[keyof typeof COLLECTION];

/** Every index but those on `_id`. Each costs the write path, so each says who needs it. */
export const INDEXES: Readonly<Record<CollectionName, readonly OutboxIndex[]>> = {
  // The relay's walk, in the order of history.
  outbox: [{ name: "at", key: { at: 1, _id: 1 } }],
  outbox_acks: [
    // From an entry's place in history to the ack that names it.
    { name: "at_range", key: { "at.max": 1, "at.min": 1 } },
    // The newest acks at a start, the oldest for the purge; skips come first, as they have neither.
    { name: "lane_batch", key: { lane: 1, batch: 1 } },
  ],
  // Lists, and releases, in the order of history.
  outbox_parked: [{ name: "at", key: { at: 1, _id: 1 } }],
  outbox_meta: [],
};
