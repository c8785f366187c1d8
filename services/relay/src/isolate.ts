import type { EntryId } from "@outgraph/events";
import { CallFailed } from "./call-failed.ts";
import { mutationsOf, type PendingEntry } from "./pending-entry.ts";
import type { Patience } from "./persist.ts";
import { pauseAfterStall, STALLED_TRIES } from "./stalled.ts";

/**
 * Applies a batch whole if that works, else in parts: what is too much for one transaction, or holds
 * an entry that cannot be applied, is cut in two, in order, down to the single entry.
 *
 * @param apply commits a part and says which entries are in the graph now; these may be fewer or
 *   more than the part, when an earlier cut of the batch had won its number.
 * @param giveUp is given the single entry that fails, with those of the batch that come after it;
 *   everything before it is applied. It says which of these may not go on either. One that is too
 *   much is tried a few times first.
 */
export async function isolate(
  batch: readonly PendingEntry[],
  apply: (part: readonly PendingEntry[]) => Promise<readonly EntryId[]>,
  giveUp: (
    entry: PendingEntry,
    failure: CallFailed,
    rest: readonly PendingEntry[],
  ) => Promise<ReadonlySet<EntryId>>,
  patience: Patience,
): Promise<void> {
  let parts: (readonly PendingEntry[])[] = batch.length === 0 ? [] : [batch];
  let triesAlone = 1;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    try {
      const applied = new Set(await apply(part));
      parts = without(applied, [part, ...parts]);
      triesAlone = 1;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      if (error.kind !== "too_big" && error.kind !== "poison") throw error;
      const [only, ...others] = part;
      if (only === undefined) throw error;
      const { kind, message } = error;
      if (others.length === 0) {
        if (kind === "too_big" && triesAlone < STALLED_TRIES) {
          triesAlone += 1;
          parts.unshift(part);
          await pauseAfterStall("commit", triesAlone, patience);
        } else {
          parts = without(await giveUp(only, error, parts.flat()), parts);
          triesAlone = 1;
        }
        continue;
      }
      const mutations = mutationsOf(part);
      patience.signals.emit("batch.split", { entries: part.length, mutations, kind, message });
      parts.unshift(...halves(part));
    }
  }
}

/** The parts without these entries, and without the parts that nothing is left of. */
function without(
  applied: ReadonlySet<EntryId>,
  parts: readonly (readonly PendingEntry[])[],
): (readonly PendingEntry[])[] {
  return parts
    .map((part) => part.filter((entry) => !applied.has(entry.id)))
    .filter((part) => part.length > 0);
}

function halves<T>(items: readonly T[]): [readonly T[], readonly T[]] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}
