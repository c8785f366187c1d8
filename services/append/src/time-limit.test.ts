import { expect, test } from "vitest";
import { workMs } from "./time-limit.ts";

test.each([
  ["without a deadline the service's own limit holds", undefined, 10_000, 10_000],
  ["a later deadline changes nothing", 60_000, 10_000, 10_000],
  ["a nearer one leaves time for the answer", 5_000, 10_000, 4_750],
  ["a tenth of it, when it is near", 1_000, 10_000, 900],
  ["at least something", 1, 10_000, 1],
  ["one that has passed leaves nothing", 0, 10_000, 0],
  ["nor does an older one", -5, 10_000, 0],
])("%s", (_, callerMs, most, ms) => {
  expect(workMs(callerMs, most)).toBe(ms);
});
