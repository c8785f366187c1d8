import { type Found, type Invariant, invariant } from "./invariant.ts";

export const blastRadius: Invariant = invariant(
  "blast-radius",
  "what has nothing to do with a fault reaches the graph within a bound",
  ["blast"],
  function* ({ blast: { boundMs, unrelated } }): Generator<Found> {
    for (const { entry, lagMs } of unrelated) {
      if (lagMs === undefined) yield { what: "it never reached the graph", entry };
      else if (lagMs > boundMs)
        yield { what: `it took ${lagMs} ms, more than ${boundMs} ms`, entry };
    }
  },
);
