import { expect, test } from "vitest";
import { table } from "./table.ts";

test("names stand left, values right, notes after them, and rules between", () => {
  const drawn = table([
    { name: "nodes", value: "1,234", note: "read back" },
    undefined,
    { name: "missing", value: "0", bad: false },
  ]);

  expect(drawn).toBe(
    [
      "┌─────────┬──────────────────┐",
      "│ nodes   │ 1,234  read back │",
      "├─────────┼──────────────────┤",
      "│ missing │     0            │",
      "└─────────┴──────────────────┘",
    ].join("\n"),
  );
});

test("without notes there is no room kept for them", () => {
  expect(table([{ name: "a", value: "1" }])).toBe("┌───┬───┐\n│ a │ 1 │\n└───┴───┘");
});

test("paint goes around what is shown, and changes no width", () => {
  const brackets = (text: string): string => `<${text}>`;
  const same = (text: string): string => text;

  const drawn = table(
    [
      { name: "good", value: "0", bad: false },
      { name: "bad", value: "12", bad: true },
    ],
    { frame: same, good: brackets, bad: brackets, note: same },
  );

  expect(drawn).toContain("│ good │ < 0> │");
  expect(drawn).toContain("│ bad  │ <12> │");
});
