import { expect, test } from "vitest";
import { holds, line, table } from "./verdict.ts";

test("a bar holds when the bad end of the interval keeps it", () => {
  expect(line("append", { low: 4, median: 5.128, high: 7 }, { atLeast: 4 })).toBe(
    "bench: append ratio=5.13 low=4.00 high=7.00 bar=>=4 holds",
  );
  expect(line("append", { low: 3.99, median: 5, high: 7 }, { atLeast: 4 })).toMatch(/falls short$/);
  expect(line("rpc", { low: 1, median: 1.5, high: 2 }, { atMost: 2 })).toMatch(/bar=<=2 holds$/);
  expect(line("rpc", { low: 1, median: 1.5, high: 2.01 }, { atMost: 2 })).toMatch(/falls short$/);
});

test("without a bar nothing falls short, and none is said to hold", () => {
  const ratio = { low: 0.1, median: 0.2, high: 0.3 };

  expect(holds(ratio, undefined)).toBe(true);
  expect(line("drain.hub", ratio, undefined)).toMatch(/bar=none told$/);
});

test("the table has a row for each", () => {
  const drain = { name: "drain", ratio: { low: 0.9, median: 1, high: 1.1 }, bar: { atLeast: 0.9 } };
  const hub = { name: "drain.hub", ratio: { low: 10, median: 10, high: 10 }, bar: undefined };

  expect(table([drain, hub])).toBe(
    [
      "name       ratio    low   high  bar",
      "drain       1.00   0.90   1.10  >=0.9  holds",
      "drain.hub  10.00  10.00  10.00  none   told",
    ].join("\n"),
  );
});
