import type { EntryId } from "@outgraph/events";
import { type BatchNumber, type Epoch, RING_SIZE } from "./lane.ts";

/** What Neo4j itself says has been applied. */
export interface Journal {
  /** The newest owner's. 0 when nobody ever owned the lane. */
  readonly epoch: Epoch | 0n;
  /** The last batch that committed. */
  readonly batch: BatchNumber;
  /** The entries of the newest batches, up to eight. */
  readonly ring: ReadonlyMap<BatchNumber, readonly EntryId[]>;
}

/** The numbers that the ring of a whole journal holds, oldest first. */
export function ringNumbers(last: BatchNumber): BatchNumber[] {
  const numbers: BatchNumber[] = [];
  const first = last > RING_SIZE ? last - RING_SIZE + 1n : 1n;
  for (let number = first; number <= last; number += 1n) numbers.push(number as BatchNumber);
  return numbers;
}
