import { expect, test } from "vitest";
import { REGRESSIONS } from "./regressions.ts";
import { simulate } from "./run.ts";

const OPERATIONS = 100;

test.each([...REGRESSIONS])("seed $seed holds: $about", async ({ seed }) => {
  const { violations } = await simulate(seed, { operations: OPERATIONS });

  expect(violations).toEqual([]);
});

test("whatever goes wrong in a few dozen seeds, everything holds", async () => {
  for (let seed = 1; seed <= 36; seed++) {
    const { violations, operations } = await simulate(seed, { operations: OPERATIONS });

    expect({ seed, violations }).toEqual({ seed, violations: [] });
    expect(operations).toBeGreaterThanOrEqual(OPERATIONS);
  }
}, 240_000);

test("a seed runs the same again", async () => {
  for (const seed of [1, 2, 3, 4]) {
    const first = await simulate(seed, { operations: OPERATIONS });
    const again = await simulate(seed, { operations: OPERATIONS });

    expect(again.trace).toBe(first.trace);
    expect(again.trace).not.toBe((await simulate(seed + 100, { operations: OPERATIONS })).trace);
  }
}, 120_000);
