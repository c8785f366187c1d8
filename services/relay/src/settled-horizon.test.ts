import { expect, test } from "vitest";
import { AT_ZERO, type At, at } from "./at.ts";
import { settledHorizon } from "./settled-horizon.ts";

const seconds = (count: number): At => at(BigInt(count) << 32n);
const readUpTo = seconds(1_000);
const transactionLifetimeMs = 60_000;

test("it stays behind by three times as long as a transaction can be open", () => {
  const horizon = settledHorizon({ readUpTo, oldestUndecided: undefined, transactionLifetimeMs });

  expect(horizon).toBe(seconds(820));
});

test("it never passes an entry that is not decided", () => {
  const oldestUndecided = at(seconds(500) + 3n);

  expect(settledHorizon({ readUpTo, oldestUndecided, transactionLifetimeMs })).toBe(
    oldestUndecided,
  );
});

test("a young cluster has none yet", () => {
  const young = { readUpTo: seconds(100), oldestUndecided: undefined, transactionLifetimeMs };

  expect(settledHorizon(young)).toBe(AT_ZERO);
});
