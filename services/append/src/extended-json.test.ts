import { Double, Int32, Long, ObjectId } from "bson";
import { expect, test } from "vitest";
import { parseExtendedJson } from "./extended-json.ts";

test.each([
  ["5", new Int32(5)],
  ["5.0", new Double(5)],
  ["5.5", new Double(5.5)],
  ["1e20", new Double(1e20)],
  ["-0", new Double(-0)],
  ["2147483648", Long.fromString("2147483648")],
  ["9007199254740993", Long.fromString("9007199254740993")], // no double holds it
  ["-9223372036854775808", Long.fromString("-9223372036854775808")],
  ['{"$numberLong": "9223372036854775807"}', Long.fromString("9223372036854775807")],
  ['{"$numberInt": "-2147483648"}', new Int32(-2147483648)],
  ['{"$numberDouble": "1.0"}', new Double(1)],
  ['{"$numberDouble": "-Infinity"}', new Double(Number.NEGATIVE_INFINITY)],
  ['{"$oid": "64b7f9a1e4b0c2a1b2c3d4e5"}', new ObjectId("64b7f9a1e4b0c2a1b2c3d4e5")],
  ['{"$date": "1969-07-20T20:17:00Z"}', new Date("1969-07-20T20:17:00Z")],
  ['{"$date": {"$numberLong": "-1"}}', new Date(-1)],
])("%s keeps its type", (json, value) => {
  expect(parseExtendedJson(`{"v": ${json}}`)).toEqual({ v: value });
});

test.each([
  ["{", /not JSON/],
  ['{"v": 9223372036854775808}', /does not fit into 64 bits/],
  ['{"v": {"$numberInt": "abc"}}', /no whole number/],
  ['{"v": {"$numberInt": "2147483648"}}', /does not fit into 32 bits/],
  ['{"v": {"$numberLong": "1.5"}}', /no whole number/],
  ['{"v": {"$numberDouble": "one"}}', /no number/],
  ['{"v": {"$oid": "xyz"}}', /hex/],
  ['{"v": {"$date": 5}}', /date/],
])("%s is refused, not changed", (json, problem) => {
  expect(() => parseExtendedJson(json)).toThrow(problem);
});
