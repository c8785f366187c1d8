import { expect, test } from "vitest";
import { count, counted, duration } from "./units.ts";

test("numbers and durations are written for people", () => {
  expect(count(1234567)).toBe("1,234,567");
  expect([counted(1, "file"), counted(0, "file"), counted(2_000, "file")]).toEqual([
    ...["1 file", "0 files", "2,000 files"],
  ]);
  expect([0, 45.4, 999.4, 999.6, 2_840, 59_949, 59_950, 72_000].map(duration)).toEqual([
    ...["0 ms", "45 ms", "999 ms", "1.0 s", "2.8 s", "59.9 s", "1 min 0 s", "1 min 12 s"],
  ]);
});
