/** Writes the README's table anew. Run it after a change to the script, and read the difference. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tableInMarkdown } from "./table.ts";

const path = join(import.meta.dirname, "../README.md");
const readme = await readFile(path, "utf8");
const table = /(?<=\n\n)\| what is done .*?\n(?=\n)/s;
await writeFile(
  path,
  readme.replace(table, () => tableInMarkdown()),
);
