import { expect, test } from "vitest";
import type { FaultKind } from "./faults.ts";
import { inWords, planOf } from "./plan.ts";

const threeMinutes = (seed: number) => planOf({ seed, forMs: 180_000, safeOnly: false });
const seeds = Array.from({ length: 200 }, (_, seed) => seed);

test("the same seed gives the same plan, another seed another one", () => {
  expect(threeMinutes(7)).toEqual(threeMinutes(7));
  expect(threeMinutes(7)).not.toEqual(threeMinutes(8));
});

test("three minutes see every kind of fault, and kills of everybody, whatever the seed", () => {
  const kinds: FaultKind[] = ["kill", "pause", "partition", "step-down", "lose", "slow", "skew"];
  for (const seed of seeds) {
    const plan = threeMinutes(seed);
    expect(new Set(plan.map(({ kind }) => kind)), `seed ${seed}`).toEqual(new Set(kinds));
    expect(plan.length, `seed ${seed}`).toBeGreaterThanOrEqual(18);
  }
});

test("faults of one realm follow one another, and all are over in time", () => {
  for (const seed of seeds) {
    const plan = threeMinutes(seed);
    for (const fault of plan) {
      const endsAt = fault.atMs + fault.lastsMs;
      expect(endsAt).toBeLessThanOrEqual(180_000);
      const next = plan.find(({ realm, atMs }) => realm === fault.realm && atMs > fault.atMs);
      if (next) expect(next.atMs).toBeGreaterThanOrEqual(endsAt + fault.afterMs);
    }
  }
});

test("a safe plan leaves the servers alone", () => {
  for (const seed of seeds) {
    const plan = planOf({ seed, forMs: 180_000, safeOnly: true });
    expect(plan.length).toBeGreaterThan(10);
    for (const { kind, target } of plan) {
      const ours = target.startsWith("relay") || target.startsWith("append");
      expect(ours || kind === "slow", `${kind} ${target}`).toBe(true);
    }
  }
});

test("a plan is printed one fault a line", () => {
  const [first] = threeMinutes(1);
  expect(first && inWords(first)).toMatch(/^ {2,4}3\.0 s {2}\S+ +\S/);
});
