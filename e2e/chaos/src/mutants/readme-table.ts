import { readFile, writeFile } from "node:fs/promises";
import type { Catch } from "./mutant.ts";
import type { CatchRun } from "./run-catch.ts";
import { MUTANTS } from "./table.ts";

export const README: URL = new URL("../../README.md", import.meta.url);

const BEGIN = "<!-- mutants: written by `pnpm mutants --write` -->";
const END = "<!-- /mutants -->";

const HEAD = ["| without | layer | caught by | seconds |", "| --- | --- | --- | --- |"];

/** Writes what caught each mutant into the README; of those that were not run it keeps what stands there. */
export async function writeTable(caught: ReadonlyMap<string, CatchRun>): Promise<void> {
  const readme = await readFile(README, "utf8");
  const [before, table, after] = split(readme);
  const known = rowsOf(table);
  const rows = MUTANTS.map(({ name, removes, by }) => {
    const ran = caught.get(name);
    const text = `${name}: ${removes}`;
    if (ran === undefined) {
      const row = known.get(name);
      if (row?.startsWith(`| ${text} |`)) return row;
    }
    return `| ${text} | ${by.layer} | ${where(by)} | ${ran?.seconds.toFixed(0) ?? ""} |`;
  });
  const lines = [BEGIN, "", ...HEAD, ...rows, "", END];
  await writeFile(README, `${before}${lines.join("\n")}${after}`);
}

/** The rows of the README's table, by the names of their mutants. */
export function rowsOf(table: string): Map<string, string> {
  const rows = table.split("\n").filter((line) => line.startsWith("| ") && !HEAD.includes(line));
  return new Map(rows.map((row) => [row.slice(2, row.indexOf(": ", 2 + knownPrefix(row))), row]));
}

/** How much of the row is a name that itself has a colon. */
function knownPrefix(row: string): number {
  const found = MUTANTS.find(({ name }) => row.startsWith(`| ${name}: `));
  return found === undefined ? 0 : found.name.length;
}

/** What stands before the table, in it, and after it. @throws Error where the README has no place for it. */
export function split(readme: string): readonly [string, string, string] {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error("the README has no place for the table of mutants");
  const after = end + END.length;
  return [readme.slice(0, begin), readme.slice(begin, after), readme.slice(after)];
}

function where(by: Catch): string {
  if (by.layer === "sim") return `\`pnpm sim --seeds ${by.seeds}\``;
  const file = by.file.replace(/^(packages|services|e2e)\//, "");
  return by.test === undefined ? `\`${file}\`` : `\`${file}\`: ${by.test} …`;
}
