import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

const options = { firstMs: 50, mostMs: 5_000 };

test("the longest wait doubles with each failure, up to the cap", () => {
  const longest = [1, 2, 3, 7, 8, 1_000_000].map((attempt) => backoffMs(attempt, options, 1));

  expect(longest).toEqual([50, 100, 200, 3_200, 5_000, 5_000]);
});

test("full jitter: a wait is anything down to none", () => {
  expect(backoffMs(5, options, 0)).toBe(0);
  expect(backoffMs(5, options, 0.5)).toBe(400);
});
