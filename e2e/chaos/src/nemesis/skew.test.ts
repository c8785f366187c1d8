import { expect, test } from "vitest";
import { elapsed, type Skew, STRAIGHT, wallOffsetMs } from "./skew.ts";

const slowed: Skew = {
  number: 2,
  stretches: [
    { fromNs: "1000", rate: 0.25 },
    { fromNs: "2000", rate: 1 },
  ],
  wall: [
    { fromNs: "1000", offsetMs: -60_000 },
    { fromNs: "2000", offsetMs: 0 },
  ],
};

test("a straight clock shows what the machine's shows, to the nanosecond", () => {
  expect(elapsed(STRAIGHT, 9_007_199_254_740_993n)).toBe(9_007_199_254_740_993n);
});

test("a monotonic clock that runs too slow never jumps, also when it is mended", () => {
  expect(elapsed(slowed, 1_000n)).toBe(1_000n);
  expect(elapsed(slowed, 1_400n)).toBe(1_100n);
  expect(elapsed(slowed, 2_000n)).toBe(1_250n);
  expect(elapsed(slowed, 2_001n)).toBe(1_251n);
});

test("a time of day that somebody set jumps there and back", () => {
  expect([999n, 1_000n, 1_999n, 2_000n].map((now) => wallOffsetMs(slowed, now))).toEqual([
    0, -60_000, -60_000, 0,
  ]);
});
