import { expect, test } from "vitest";
import { type At, at } from "./at.ts";
import { Walked } from "./walked.ts";

const time = (count: number): At => at(BigInt(count));

test("an entry was given when it had committed by the snapshot of its part of history", () => {
  const walked = new Walked(time(10));
  walked.add(time(20), time(100));
  walked.add(time(30), time(105));
  walked.add(time(50), time(105));
  walked.add(time(60), time(110));

  expect(walked.gave(time(10), time(100))).toBe(true);
  expect(walked.gave(time(20), time(101))).toBe(false);
  expect(walked.gave(time(21), time(105))).toBe(true);
  expect(walked.gave(time(40), time(106))).toBe(false);
  expect(walked.gave(time(51), time(110))).toBe(true);
});

test("what stands before the walk, or after it, was not given", () => {
  const walked = new Walked(time(10));
  walked.add(time(20), time(100));

  expect(walked.gave(time(9), time(50))).toBe(false);
  expect(walked.gave(time(21), time(50))).toBe(false);
});
