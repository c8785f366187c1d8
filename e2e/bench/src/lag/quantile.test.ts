import { expect, test } from "vitest";
import { quantile } from "./quantile.ts";

test("a quantile is the first value that so large a part lies below", () => {
  const hundred = Array.from({ length: 100 }, (_, value) => value);

  expect([0, 0.5, 0.99, 1].map((part) => quantile(hundred, part))).toEqual([0, 50, 99, 99]);
  expect(quantile([7], 0.99)).toBe(7);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});
