import type { EntryId } from "@outgraph/events";
import type { Journal } from "../../journal.ts";
import { type BatchNumber, batchNumber, type Epoch, LANE, RING_SIZE } from "../../lane.ts";

/** Takes the root's lock, making the root if it is not there. */
export const LOCK_ROOT = `
MERGE (root:OutgraphOutbox {id: 'outbox'})
ON CREATE SET root.incarnation = $incarnation, root.format = $format
SET root.lock = $epoch
RETURN root.incarnation AS incarnation, root.format AS format`;

/** Takes the lane's lock, making the lane if it is not there. */
export const LOCK_OR_MAKE_LANE = `
MERGE (lane:OutgraphLane {id: $lane})
ON CREATE SET lane.epoch = 0, lane.batch = 0
SET lane.lock = $epoch
RETURN lane.epoch AS epoch, lane.batch AS batch`;

/** Makes the lane refuse every older epoch. Under its lock. */
export const RAISE_EPOCH = `
MATCH (lane:OutgraphLane {id: $lane})
SET lane.epoch = $epoch`;

/** Takes the lane's lock: a commit still under way is decided before this answers. */
export const LOCK_LANE = `
MATCH (lane:OutgraphLane {id: $lane})
SET lane.lock = lane.epoch
RETURN lane.epoch AS epoch, lane.batch AS batch`;

/** What the newest batches applied. Under the lane's lock. */
export const READ_RING = `
MATCH (b:OutgraphBatch)
WHERE b.id IN $slots
RETURN b.batch AS batch, b.entries AS entries`;

/**
 * The journal of one batch. It fails on the server when the batch is not the lane's next under this
 * epoch, whatever the client does.
 */
export const ADVANCE = `
MATCH (lane:OutgraphLane {id: $lane})
// Take the lock before reading: Neo4j is read-committed, and without this line two rivals both
// commit nearly every time.
SET lane.lock = $epoch
WITH lane, 1 / CASE WHEN lane.epoch = $epoch AND lane.batch = $batch - 1 THEN 1 ELSE 0 END AS one
SET lane.batch = lane.batch + one
MERGE (b:OutgraphBatch {id: $slot})
SET b.batch = $batch, b.entries = $entryIds
RETURN lane.batch AS batch`;

/** Where the batches of the ring are kept, in the order of their places. */
export const RING_SLOTS: readonly string[] = Array.from({ length: Number(RING_SIZE) }, (_, place) =>
  slotName(BigInt(place)),
);

/** Where a batch is kept in the ring. */
export function slotOf(batch: BatchNumber): string {
  return slotName(batch % RING_SIZE);
}

function slotName(place: bigint): string {
  return `${LANE}/${place}`;
}

/** The journal, from what the statements returned. */
export function journalOf(
  lane: { readonly epoch: bigint; readonly batch: bigint },
  ring: readonly { readonly batch: bigint; readonly entries: readonly string[] }[],
): Journal {
  return {
    epoch: lane.epoch as Epoch | 0n,
    batch: batchNumber(lane.batch),
    // Only relays write here, so these are entry ids; history is judged by them next.
    ring: new Map(
      ring.map(({ batch, entries }) => [batchNumber(batch), entries as readonly EntryId[]]),
    ),
  };
}
