import type { Rule } from "./rule.ts";
import type { MatchStep } from "./steps.ts";

/** A match sees the graph as it is at that point, and what follows sees what it did. */
export const matchRule: Rule<MatchStep> = {
  splits: (open) => open.hasRows,
  take: (open, { match }) => open.matches.take(match),
};
