import { expect, test } from "vitest";
import { bootstrap, medianOf } from "./interval.ts";

/** The same numbers at every run. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test("the median is the middle one, or the mean of the two in the middle", () => {
  expect(medianOf([3, 1, 2])).toBe(2);
  expect(medianOf([4, 1, 2, 3])).toBe(2.5);
});

test("the interval holds the median, and nothing beyond the values", () => {
  const { low, median, high } = bootstrap([1, 2, 3, 4, 100], seeded());

  expect(median).toBe(3);
  expect(low).toBeGreaterThanOrEqual(1);
  expect(low).toBeLessThanOrEqual(median);
  expect(high).toBeGreaterThanOrEqual(median);
  expect(high).toBeLessThanOrEqual(100);
});

test("values that agree leave nothing open; none are no result", () => {
  expect(bootstrap([2, 2, 2], seeded())).toEqual({ low: 2, median: 2, high: 2 });
  expect(() => bootstrap([], seeded())).toThrow(RangeError);
});

test("of many samples nearly all intervals hold the true median", () => {
  const random = seeded();
  let held = 0;
  for (let i = 0; i < 50; i++) {
    const { low, high } = bootstrap(Array.from({ length: 15 }, random), random);
    if (low <= 0.5 && high >= 0.5) held++;
  }
  expect(held).toBeGreaterThanOrEqual(43);
});
