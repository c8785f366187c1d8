import { expect, test } from "vitest";
import type { Measured } from "./benchmark.ts";
import { interleaved } from "./interleave.ts";

const measured = (value: number): Measured => ({ value, unit: "x/s" });

test("arms run in turns, A B B A or B A A B, after one run of each that does not count", async () => {
  const ran: string[] = [];
  const arm = async () => measured(ran.push("A"));
  const base = async () => measured(ran.push("B"));
  const chances = [0.1, 0.9];

  const pairs = await interleaved(
    { name: "x", bar: { atLeast: 1 }, arm, base },
    2,
    () => chances.shift() as number,
  );

  expect(ran.join("")).toBe("AB" + "ABBA" + "BAAB");
  expect(pairs.map((pair) => [pair.arm.value, pair.base.value])).toEqual([
    [3, 4],
    [6, 5],
    [8, 7],
    [9, 10],
  ]);
});

test("a run that fails ends it", async () => {
  const arm = () => Promise.reject(new Error("a document is missing"));
  const comparison = { name: "x", bar: { atLeast: 1 }, arm, base: async () => measured(1) };

  await expect(interleaved(comparison, 1, Math.random)).rejects.toThrow("a document is missing");
});
