import { type Invariant, invariant } from "../invariants/invariant.ts";

/**
 * Once the lane was seen under an epoch, nothing later is of an older one. Holds where the graph is
 * never put back to an older state: then batches are applied again that older epochs acked.
 */
export const staleOwner: Invariant = invariant(
  "stale-owner",
  "a relay that lost the lane applies nothing after another was seen to have it",
  ["outbox", "events", "snapshots"],
  function* ({ outbox, events, snapshots }) {
    const acks = [...outbox.acks, ...events.filter((event) => event.kind === "acked")];
    // The lowest batch at which the lane bore an epoch: whatever has a higher number came later.
    const firstAt = new Map<number, number>();
    for (const { epoch, batch } of snapshots) if (!firstAt.has(epoch)) firstAt.set(epoch, batch);
    const told = new Set<number>();
    for (const { batch, epoch } of acks) {
      const newer = [...firstAt].find(([of, at]) => of > epoch && batch > at);
      if (newer === undefined || told.has(batch)) continue;
      told.add(batch);
      const [of, at] = newer;
      yield { what: `batch ${batch} is of epoch ${epoch}, and epoch ${of} had the lane at ${at}` };
    }
  },
);
