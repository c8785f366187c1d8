import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ValueSchema } from "./gen/outgraph/graph/v1/value_pb.ts";
import { int, type PropertyValue, toProperties, toValue, ValueError } from "./value.ts";

test.each<[PropertyValue, string | undefined]>([
  [null, "nullValue"],
  [true, "boolValue"],
  [1n, "int64Value"],
  [1, "doubleValue"],
  [-0, "doubleValue"],
  ["a", "stringValue"],
  [new Uint8Array([1]), "bytesValue"],
  [new Date(), "dateTimeValue"],
  [["a"], "listValue"],
  [new Float32Array([1]), "float32VectorValue"],
  [create(ValueSchema, { kind: { case: "dateValue", value: { epochDays: -1 } } }), "dateValue"],
])("%s becomes a %s", (given, kind) => {
  expect(toValue(given).kind.case).toBe(kind);
});

test("an instant before 1970 keeps its milliseconds", () => {
  const { kind } = toValue(new Date("1969-12-31T23:59:59.250Z"));

  expect(kind.value).toMatchObject({ epochSeconds: -1n, nanos: 250_000_000 });
});

test("a list keeps its type and order", () => {
  expect(toValue([2n, 1n]).kind.value).toMatchObject({
    items: { case: "int64s", value: { values: [2n, 1n] } },
  });
  expect(toValue([]).kind.value).toMatchObject({ items: { value: { values: [] } } });
});

test.each<[string, unknown, string]>([
  ["undefined", undefined, 'set["p"]'],
  ["an object", { a: 1 }, 'set["p"]'],
  ["an integer of 65 bits", 2n ** 63n, 'set["p"]'],
  ["half a surrogate pair", "\ud800", 'set["p"]'],
  ["an invalid date", new Date(Number.NaN), 'set["p"]'],
  ["a mixed list", [1n, "a"], 'set["p"][1]'],
  ["a list of lists", [[1n]], 'set["p"][0]'],
  ["a list with null", ["a", null], 'set["p"][1]'],
])("%s is refused, and the path says where", (_what, given, path) => {
  const properties = { p: given as PropertyValue };

  expect(() => toProperties(properties)).toThrow(ValueError);
  expect(() => toProperties(properties)).toThrow(path);
});

test("a property named __proto__ stays a property", () => {
  const values = toProperties(JSON.parse('{"__proto__": "x"}'));

  expect(Object.keys(values)).toEqual(["__proto__"]);
});

test("a whole number becomes an integer only when asked, and only when it is exact", () => {
  expect(toValue(int(3)).kind).toEqual({ case: "int64Value", value: 3n });
  expect(() => int(2 ** 53)).toThrow(RangeError);
  expect(() => int(1.5)).toThrow(RangeError);
});
