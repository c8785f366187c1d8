import { HistoryMoved, SteppedDown } from "./ended.ts";
import type { Journal } from "./journal.ts";
import type { BatchNumber, Epoch } from "./lane.ts";

/** What a relay at work may rely on. */
export interface Expected {
  readonly epoch: Epoch;
  /** The newest batch whose ack was confirmed when the journal was asked for. */
  readonly acked: BatchNumber;
}

/**
 * Judges what the journal said to the lane's owner.
 *
 * @throws SteppedDown when another relay owns the lane.
 * @throws HistoryMoved when the graph does not have what the acks tell: it was put back.
 */
export function judgeJournal(journal: Journal | undefined, { epoch, acked }: Expected): void {
  if (journal !== undefined && journal.epoch > epoch) {
    throw new SteppedDown(`another relay owns the lane under epoch ${journal.epoch}`);
  }
  if (journal !== undefined && journal.epoch === epoch && journal.batch >= acked) return;
  const found =
    journal === undefined ? "nothing" : `batch ${journal.batch} under epoch ${journal.epoch}`;
  throw new HistoryMoved(
    `the journal in Neo4j ends with ${found}, and batch ${acked} is acked under epoch ${epoch}: the ` +
      "graph was put back while this relay was at work. Nothing is purged",
  );
}
