import type { Ack } from "../truth/evidence.ts";
import { type Found, type Invariant, invariant } from "./invariant.ts";

export const epoch: Invariant = invariant(
  "epoch",
  "the epoch never decreases, and no batch of an old epoch comes after one of a newer",
  ["outbox"],
  function* ({ outbox, events = [], snapshots = [] }): Generator<Found> {
    const acks = new Map<number, Ack>();
    for (const event of events) if (event.kind === "acked") acks.set(event.batch, event);
    for (const ack of outbox.acks) acks.set(ack.batch, ack);
    const batches = [...acks.values()].sort((a, b) => a.batch - b.batch);
    yield* falling(batches, "the acks, by batch");
    yield* falling(
      events.filter((event) => event.kind === "lease"),
      "the lease",
    );
    yield* falling(snapshots, "the lane");
    for (const [i, { batch }] of snapshots.entries()) {
      const before = snapshots[i - 1]?.batch ?? 0;
      if (batch < before) yield { what: `the lane went back from batch ${before} to ${batch}` };
    }
    // The lane's batches have no gap: one that is not told was applied by nobody that we know of.
    for (const [i, { batch }] of batches.entries()) {
      const before = batches[i - 1]?.batch ?? batch - 1;
      if (batch !== before + 1)
        yield { what: `no ack of the batches ${before + 1} to ${batch - 1}` };
    }
  },
);

function* falling(of: readonly { readonly epoch: number }[], what: string): Generator<Found> {
  for (const [i, { epoch: now }] of of.entries()) {
    const before = of[i - 1]?.epoch ?? 0;
    if (now < before) yield { what: `${what}: epoch ${now} after epoch ${before}` };
  }
}
