import { type Found, type Invariant, invariant } from "./invariant.ts";

export const answers: Invariant = invariant(
  "answers",
  "what was answered with ok committed, what was refused never did, and nothing committed unasked",
  ["history"],
  function* ({ ledger, history }): Generator<Found> {
    const committed = new Set(ledger.map(({ id }) => id));
    const asked = new Set(history.map(({ entry }) => entry));
    for (const { entry, outcome } of history) {
      const there = committed.has(entry);
      if (outcome === "ok" && !there)
        yield { what: "its writer was told ok, and it is not there", entry };
      if (outcome === "failed" && there) {
        yield { what: "its writer was told that it failed, and it is there", entry };
      }
    }
    for (const entry of committed.difference(asked)) yield { what: "nobody appended it", entry };
  },
);
