import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NOT_PLAYED, REFUSAL_KINDS } from "./refusal-kinds.ts";
import { ROWS } from "./rows.ts";
import { TABLES } from "./table.ts";
import { WRITER_ROWS } from "./writer-rows.ts";

const read = (path: string): Promise<string> => readFile(join(import.meta.dirname, path), "utf8");

test("the README's tables are the script's", async () => {
  const readme = await read("../README.md");

  // `node src/write-tables.ts` writes them anew.
  for (const table of TABLES) expect(readme).toContain(`\n\n${table}\n`);
});

test("every kind of refusal that the service has is in the script, or says why not", async () => {
  const source = await read("../../../services/append/src/refusal.ts");
  const kinds = [...source.matchAll(/readonly kind: "(\w+)"/g)].map(([, kind]) => kind);

  expect(REFUSAL_KINDS.toSorted()).toEqual(kinds.toSorted());
  const played = new Set(ROWS.flatMap(({ refusals }) => refusals ?? []));
  for (const kind of REFUSAL_KINDS) {
    expect(played.has(kind) !== kind in NOT_PLAYED, kind).toBe(true);
  }
});

test("each row of a table has a name of its own", () => {
  for (const rows of [ROWS, WRITER_ROWS]) {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  }
});
