import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NOT_PLAYED, REFUSAL_KINDS } from "./refusal-kinds.ts";
import { ROWS } from "./rows.ts";
import { tableInMarkdown } from "./table.ts";

const read = (path: string): Promise<string> => readFile(join(import.meta.dirname, path), "utf8");

test("the README's table is the script's", async () => {
  const readme = await read("../README.md");

  // `node src/write-table.ts` writes it anew.
  expect(readme).toContain(`\n\n${tableInMarkdown()}\n`);
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

test("each row has a name of its own", () => {
  expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length);
});
