import { expect, test } from "vitest";
import { dateOf, timeOfDay, timeOfSecond } from "./civil-time.ts";

test("dates agree with JavaScript's own calendar, wherever that has one", () => {
  // Every 97 days from the year -4000 to 6000.
  for (let days = -2_180_000; days < 1_480_000; days += 97) {
    const date = new Date(days * 86_400_000);
    expect(dateOf(BigInt(days))).toEqual({
      year: BigInt(date.getUTCFullYear()),
      month: BigInt(date.getUTCMonth() + 1),
      day: BigInt(date.getUTCDate()),
    });
  }
});

test("dates beyond JavaScript's calendar are right too", () => {
  expect(dateOf(365_241_780_471n)).toEqual({ year: 999_999_999n, month: 12n, day: 31n });
});

test("a second before 1970 is the last of its day", () => {
  expect(timeOfSecond(-1n, 5)).toEqual({
    days: -1n,
    time: { hour: 23n, minute: 59n, second: 59n, nanos: 5n },
  });
});

test("a time of day has its parts", () => {
  expect(timeOfDay(86_399_999_999_999n)).toEqual({
    hour: 23n,
    minute: 59n,
    second: 59n,
    nanos: 999_999_999n,
  });
});
