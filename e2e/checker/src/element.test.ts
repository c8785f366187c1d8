import { Binary, Double, Int32, Long } from "mongodb";
import neo4j from "neo4j-driver";
import { expect, test } from "vitest";
import { byKey, element, inWriting } from "./element.ts";

test("values that are equal on both sides read the same", () => {
  const instant = new Date("2026-01-02T03:04:05.678Z");
  const pairs: [mongo: unknown, neo4j: unknown][] = [
    [new Int32(5), 5n],
    [Long.fromString("9007199254740993"), 9007199254740993n],
    [new Double(5), 5],
    [new Double(0.1), 0.1],
    ["5", "5"],
    [true, true],
    [instant, neo4j.types.DateTime.fromStandardDate(instant)],
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [[new Int32(1)], [1n]],
    [[], []],
  ];

  for (const [mongo, graph] of pairs) expect(inWriting(graph)).toBe(inWriting(mongo));
});

test("values of different types, sizes or orders do not read the same", () => {
  const values = [
    ...[5n, 5, "5", true, "true", [5n], [5], ["5"], [], "", ["a", "b"], ["b", "a"], ["a, b"]],
    ...[new Date(0), new neo4j.types.DateTime(1970, 1, 1, 0, 0, 0, 1, 0), new Date(1)],
    ...[new Binary(Buffer.from("5")), new neo4j.types.Date(1970n, 1n, 1n)],
  ];

  expect(new Set(values.map(inWriting)).size).toBe(values.length);
});

test("the zone in which an instant is shown is no difference", () => {
  const utc = new neo4j.types.DateTime(2026, 1, 2, 3, 0, 0, 0, 0);
  const elsewhere = new neo4j.types.DateTime(2026, 1, 2, 4, 0, 0, 0, 3600);

  expect(inWriting(elsewhere)).toBe(inWriting(utc));
});

test("null is the same as absent, and labels have no order", () => {
  const one = element(["k"], ["B", "A"], { summary: null });
  const other = element(["k"], ["A", "B"], {});

  expect(one).toEqual(other);
});

test("keys sort by code point, as both servers sort them", () => {
  const [bmp, astral] = [element(["\uff5e"], [], {}), element(["\u{1f600}"], [], {})];

  expect(byKey(bmp, astral)).toBeLessThan(0); // the other way round by UTF-16 units
  expect(byKey(element(["a"], [], {}), element(["aa"], [], {}))).toBeLessThan(0);
  expect(byKey(element(["a", "z"], [], {}), element(["b", "a"], [], {}))).toBeLessThan(0);
});
