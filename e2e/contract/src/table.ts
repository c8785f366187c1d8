import { COLUMNS, nameOf } from "./columns.ts";
import type { Left, Played } from "./play.ts";
import { LEFT, ROWS } from "./rows.ts";
import { WRITER_ROWS } from "./writer-rows.ts";

/** What a play is worth. */
export interface Judged {
  /** How many outcomes were compared. */
  readonly outcomes: number;
  /** Each outcome that is not the expected one; none when all languages get the same. */
  readonly differences: readonly string[];
}

/** Compares what every column got with the table, and what it left in MongoDB. */
export function judge(played: Played, left: Left): Judged {
  const differences: string[] = [];
  let outcomes = 0;
  for (const column of COLUMNS.map(nameOf)) {
    for (const { name, expect } of ROWS) {
      const got = played.get(name)?.get(column) ?? [];
      outcomes += got.length;
      if (JSON.stringify(got) === JSON.stringify(expect)) continue;
      differences.push(
        `${column}: ${name}\n  expected ${expect.join("; ")}\n  got      ${got.join("; ")}`,
      );
    }
    const ids = JSON.stringify(left.get(column));
    if (ids !== JSON.stringify(LEFT)) {
      differences.push(`${column}: left in MongoDB\n  expected ${LEFT}\n  got      ${ids}`);
    }
  }
  return { outcomes, differences };
}

/** What both tables have of a row. */
interface Row {
  readonly name: string;
  readonly expect: readonly string[];
}

/** The tables of the README, in Markdown: what every language gets for each row. */
export const TABLES: readonly string[] = [
  inMarkdown("what a client does", ROWS),
  inMarkdown("what an in-transaction writer does", WRITER_ROWS),
];

function inMarkdown(title: string, all: readonly Row[]): string {
  const rows = all.map(({ name, expect }) => [
    name,
    expect.join("; then<br>").replaceAll("|", "\\|"),
  ]);
  const lines = [[title, "what every language gets"], ["---", "---"], ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
