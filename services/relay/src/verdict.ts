import type { EntryId } from "@outgraph/events";
import type { Journal } from "./journal.ts";
import type { BatchNumber, Epoch } from "./lane.ts";

/** What became of a commit whose outcome was unknown. */
export type Verdict =
  /** Another relay owns the lane. */
  | { readonly kind: "fenced"; readonly epoch: bigint }
  /** These entries are in the graph, under the number of the batch. */
  | { readonly kind: "committed"; readonly entries: readonly EntryId[] }
  /** Nothing of it is in the graph. */
  | { readonly kind: "not_applied" }
  /** The journal is where no relay of this epoch can have brought it. */
  | { readonly kind: "history_moved"; readonly why: string };

/** What the journal says about a commit whose reply we did not get. */
export function verdict(
  journal: Journal | undefined,
  mine: { readonly epoch: Epoch; readonly number: BatchNumber },
): Verdict {
  if (journal === undefined)
    return { kind: "history_moved", why: "the graph has no journal any more" };
  if (journal.epoch > mine.epoch) return { kind: "fenced", epoch: journal.epoch };
  if (journal.epoch < mine.epoch) {
    const why = `the journal is back at epoch ${journal.epoch}, this relay holds epoch ${mine.epoch}`;
    return { kind: "history_moved", why };
  }
  if (journal.batch === mine.number - 1n) return { kind: "not_applied" };
  const entries = journal.ring.get(mine.number);
  if (journal.batch === mine.number && entries !== undefined) {
    // An earlier cut of this batch may have won its number: what the ring names is applied, the
    // rest goes on.
    return { kind: "committed", entries };
  }
  const why = `the journal is at batch ${journal.batch}, this relay committed up to ${mine.number - 1n}`;
  return { kind: "history_moved", why };
}
