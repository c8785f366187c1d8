import type { Snapshot, Touch } from "../truth/evidence.ts";
import { standing } from "../truth/standing.ts";
import { type Found, type Invariant, invariant } from "./invariant.ts";

export const seenWhole: Invariant = invariant(
  "seen-whole",
  "whoever reads the graph sees all of an entry's effect, or nothing of it",
  ["snapshots"],
  function* (evidence): Generator<Found> {
    const { skipped } = standing(evidence);
    const several = evidence.ledger.filter(
      ({ id, touches }) => touches.length > 1 && !skipped.has(id),
    );
    for (const [at, snapshot] of evidence.snapshots.entries()) {
      const seen = effects(snapshot);
      for (const { id, touches } of several) {
        const there = touches.find((touch) => seen(touch) === true);
        const missing = touches.find((touch) => seen(touch) === false);
        if (there === undefined || missing === undefined) continue;
        const what = `snapshot ${at} (batch ${snapshot.batch}) shows it at ${there.node}, and not at ${missing.node}`;
        yield { what, entry: id };
      }
    }
  },
);

/** Whether a snapshot shows an effect; undefined when it cannot be told, because there is no node. */
function effects({ nodes }: Snapshot): (touch: Touch) => boolean | undefined {
  const newest = new Map(nodes.map(({ key, log }) => [key, log.at(-1)]));
  return ({ node, n }) => {
    const last = newest.get(node);
    return last === undefined ? undefined : last >= n;
  };
}
