declare const brand: unique symbol;

/** The number of a lease: it only grows, and Neo4j refuses every older one. */
export type Epoch = bigint & { readonly [brand]: "Epoch" };

/** The number of a batch in its lane, from 1. 0 says that there was none yet. */
export type BatchNumber = bigint & { readonly [brand]: "BatchNumber" };

/** The one lane there is. Stored formats carry it, so that more can come. */
export const LANE = 0;

/**
 * How many of the newest batches the journal remembers with their entries. A commit overwrites the
 * oldest, so batch n may commit only when the ack of batch n − 8 is confirmed.
 */
export const RING_SIZE = 8n;

/** The stored format of the journal that this version reads and writes. */
export const JOURNAL_FORMAT = 1n;

/** The number as an epoch. @throws RangeError below 1. */
export function epoch(value: bigint): Epoch {
  if (value < 1n) throw new RangeError(`not an epoch: ${value}`);
  return value as Epoch;
}

/** The number as a batch number. @throws RangeError below 0. */
export function batchNumber(value: bigint): BatchNumber {
  if (value < 0n) throw new RangeError(`not a batch number: ${value}`);
  return value as BatchNumber;
}

/** The number of the next batch. */
export function after(batch: BatchNumber): BatchNumber {
  return (batch + 1n) as BatchNumber;
}

/** The batch whose place in the ring this one takes; 0 while the ring has room. */
export function overwrittenBy(batch: BatchNumber): BatchNumber {
  return (batch > RING_SIZE ? batch - RING_SIZE : 0n) as BatchNumber;
}
