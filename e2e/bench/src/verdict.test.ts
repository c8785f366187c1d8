import { expect, test } from "vitest";
import { line } from "./verdict.ts";

test("a bar holds when the bad end of the interval keeps it", () => {
  expect(line("append", { low: 4, median: 5.128, high: 7 }, { atLeast: 4 })).toBe(
    "bench: append ratio=5.13 low=4.00 high=7.00 bar=>=4 holds",
  );
  expect(line("append", { low: 3.99, median: 5, high: 7 }, { atLeast: 4 })).toMatch(/falls short$/);
  expect(line("rpc", { low: 1, median: 1.5, high: 2 }, { atMost: 2 })).toMatch(/bar=<=2 holds$/);
  expect(line("rpc", { low: 1, median: 1.5, high: 2.01 }, { atMost: 2 })).toMatch(/falls short$/);
});
