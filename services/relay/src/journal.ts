import type { EntryId } from "@outgraph/events";
import type { Constraint } from "@outgraph/graph-plan";
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

/** What stands behind the journal's own merges; in place before the first of them. */
export const JOURNAL_CONSTRAINTS: readonly Constraint[] = [
  { kind: "node", name: "outgraph_root", labelOrType: "OutgraphOutbox", properties: ["id"] },
  { kind: "node", name: "outgraph_lane", labelOrType: "OutgraphLane", properties: ["id"] },
  { kind: "node", name: "outgraph_batch", labelOrType: "OutgraphBatch", properties: ["id"] },
];

/** The numbers that the ring of a whole journal holds, oldest first. */
export function ringNumbers(last: BatchNumber): BatchNumber[] {
  const numbers: BatchNumber[] = [];
  const first = last > RING_SIZE ? last - RING_SIZE + 1n : 1n;
  for (let number = first; number <= last; number += 1n) numbers.push(number as BatchNumber);
  return numbers;
}
