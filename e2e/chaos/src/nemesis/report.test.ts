import { expect, test } from "vitest";
import type { Outcome } from "./carry-out.ts";
import type { FaultKind } from "./faults.ts";
import { planOf } from "./plan.ts";
import { holds, line, report } from "./report.ts";
import type { Result } from "./run.ts";

const [planned] = planOf({ seed: 1, forMs: 60_000, safeOnly: false });
if (planned === undefined) throw new Error("a plan without a fault");

const struck = (kind: FaultKind): Outcome => ({
  fault: { ...planned, kind },
  whom: "relay-1",
  tookMs: 1_000,
  seen: "as planned",
});

const GOOD: Result = {
  outcomes: [struck("kill"), struck("kill"), struck("pause"), struck("step-down")],
  violations: [],
  vacuous: [],
  judged: ["no-loss"],
  notJudged: [],
  entries: 7,
  operations: { ok: 7, failed: 0, unknown: 0, raced: 0 },
  epochs: 1,
  drainedMs: 10,
};
const OPTIONS = { minutes: 3, seed: 7, plan: false, given: undefined, keep: false };

test("the last line says that everything held, and counts what was seen to strike", () => {
  const unseen = { ...struck("partition"), seen: undefined };

  expect(holds(GOOD)).toBe(true);
  expect(report({ ...GOOD, outcomes: [...GOOD.outcomes, unseen] }, OPTIONS).at(-1)).toBe(
    "chaos: ok kills=2 pauses=1 partitions=0 stepdowns=1 entries=7 violations=0",
  );
});

test("one broken invariant is violated, said in words, and how to see it again", () => {
  const result = {
    ...GOOD,
    violations: [{ invariant: "no-loss", what: "1 is missing", node: "a" }],
  };

  expect(holds(result)).toBe(false);
  expect(report(result, OPTIONS)).toContain("VIOLATED no-loss: 1 is missing (node a)");
  expect(report(result, OPTIONS)).toContain("again: pnpm chaos --minutes 3 --seed 7");
  expect(line(result)).toMatch(/^chaos: violated .* violations=1$/);
});

test("a run that proves nothing does not hold either", () => {
  const result = { ...GOOD, vacuous: ["a kill did not happen"] };

  expect(holds(result)).toBe(false);
  expect(report(result, OPTIONS)).toContain("proves nothing: a kill did not happen");
  expect(line(result)).toMatch(/^chaos: violated .* violations=0$/);
});
