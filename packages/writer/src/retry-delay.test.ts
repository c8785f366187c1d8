import fc from "fast-check";
import { expect, test } from "vitest";
import { retryDelayMs } from "./retry-delay.ts";

test("the longest delay doubles from 5 ms and ends at 500 ms", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1_000].map((attempt) => retryDelayMs(attempt, 1));
  expect(longest).toEqual([5, 10, 20, 40, 80, 160, 320, 500, 500, 500]);
});

test("the delay is spread over all of it, from nothing on", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 1 }),
      (attempt, random) => {
        expect(retryDelayMs(attempt, random)).toBe(random * retryDelayMs(attempt, 1));
      },
    ),
  );
});
