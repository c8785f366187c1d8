import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mutate } from "./mutant.ts";
import { README, rowsOf, split } from "./readme-table.ts";
import { MUTANTS } from "./table.ts";

const ROOT = new URL("../../../../", import.meta.url);

test.each(MUTANTS)("$name: what it replaces stands in the source exactly once", (mutant) => {
  const source = readFileSync(new URL(mutant.file, ROOT), "utf8");

  expect(mutate(source, mutant)).not.toBe(source);
});

test("no two mutants have one name", () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
});

test("the README's table has these mutants and no others, each with what caught it", () => {
  const [, table] = split(readFileSync(README, "utf8"));
  const rows = rowsOf(table);

  expect([...rows.keys()]).toEqual(MUTANTS.map(({ name }) => name));
  for (const row of rows.values()) expect(row).toMatch(/\| \d+ \|$/);
});
