import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const source = (file: string): string => readFileSync(new URL(file, import.meta.url), "utf8");
const files = readdirSync(import.meta.dirname).filter((file) => !file.includes(".test."));

/** What it says of a codebase, and its command line: everything else is what compares. */
const BESIDE = ["codebase.ts", "main.ts", "index.ts"];

test("the checker has nothing but the two drivers and its own files to go by", () => {
  const drivers = ["commander", "mongodb", "neo4j-driver"];
  for (const file of files) {
    const from = [...source(file).matchAll(/from "([^"]+)"/g)].map(([, name = ""]) => name);
    const others = from.filter((name) => !name.startsWith("./") && !drivers.includes(name));

    expect({ file, others }).toEqual({ file, others: [] });
  }
});

test("what compares is short enough to be read whole: under 300 lines", () => {
  const lines = files
    .filter((file) => !BESIDE.includes(file))
    .map((file) => source(file).trimEnd().split("\n").length);

  expect(lines.length).toBeGreaterThan(3);
  expect(lines.reduce((sum, each) => sum + each, 0)).toBeLessThan(300);
});
