import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { POINTS } from "./points.ts";
import { runsOf } from "./sweep.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

test("every point stands in the README, with how it is reached", () => {
  const table = README.slice(README.indexOf("## Crash sweep"));
  const missing = POINTS.map(({ name }) => name).filter((name) => {
    const [who, what = ""] = name.split(": ");
    // Of a few that go together, the table names the first in full and of the others what differs.
    const short = what.split(", ").at(-1);
    const service = who === "service" && !what.includes("group");
    return ![`\`${name}\``, `\`…, ${short}\``].some((text) => table.includes(text)) && !service;
  });
  expect(missing).toEqual([]);
});

test("every point has a name of its own, and is run at three occurrences", () => {
  const names = POINTS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const runs = runsOf(POINTS, 3);
  expect(runs).toHaveLength(3 * POINTS.length);
  expect(new Set(runs.map(({ point, nth }) => `${point.name} ${nth}`)).size).toBe(runs.length);
});
