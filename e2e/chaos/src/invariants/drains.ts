import { standing } from "../truth/standing.ts";
import { type Found, type Invariant, invariant } from "./invariant.ts";

export const drains: Invariant = invariant(
  "drains",
  "after the last fault nothing is pending within a bound",
  ["healing"],
  function* (evidence): Generator<Found> {
    const { drainedMs, boundMs } = evidence.healing;
    if (drainedMs === undefined) yield { what: `the backlog was not empty after ${boundMs} ms` };
    else if (drainedMs > boundMs) {
      yield { what: `the backlog was empty after ${drainedMs} ms, not within ${boundMs} ms` };
    }
    if (drainedMs === undefined) return;
    const { pending } = standing(evidence);
    for (const entry of pending)
      yield { what: "it is pending, though all was said to be done", entry };
  },
);
