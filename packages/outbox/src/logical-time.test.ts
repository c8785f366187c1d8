import fc from "fast-check";
import { Timestamp } from "mongodb";
import { expect, test } from "vitest";
import { compareAt, logicalTimeOf, rangeOf, timestampOf } from "./logical-time.ts";

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const timestamp = fc.record({ t: uint32, i: uint32 }).map((time) => new Timestamp(time));

test("a time survives the way to the contract's form and back", () => {
  fc.assert(
    fc.property(timestamp, (at) => {
      expect(timestampOf(logicalTimeOf(at)).equals(at)).toBe(true);
    }),
  );
});

test("times are ordered by second, then within the second, beyond 2^31 too", () => {
  fc.assert(
    fc.property(timestamp, timestamp, (a, b) => {
      const whole = (at: Timestamp) => BigInt(at.t) * 2n ** 32n + BigInt(at.i);
      const order = whole(a) < whole(b) ? -1 : whole(a) > whole(b) ? 1 : 0;
      expect(Math.sign(compareAt(a, b))).toBe(order);
    }),
  );
});

test("a range holds all its times and begins and ends with one of them", () => {
  fc.assert(
    fc.property(fc.array(timestamp, { minLength: 1 }), (times) => {
      const { min, max } = rangeOf(times);
      expect(times).toContain(min);
      expect(times).toContain(max);
      for (const at of times) {
        expect(compareAt(min, at)).toBeLessThanOrEqual(0);
        expect(compareAt(at, max)).toBeLessThanOrEqual(0);
      }
    }),
  );
});

test("no times have no range", () => {
  expect(() => rangeOf([])).toThrow(RangeError);
});
