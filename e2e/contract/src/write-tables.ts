/** Writes the README's tables anew. Run it after a change to the script, and read the difference. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TABLES } from "./table.ts";

const path = join(import.meta.dirname, "../README.md");
let readme = await readFile(path, "utf8");
for (const table of TABLES) {
  const [title] = table.split("\n");
  const start = readme.indexOf(`\n\n${title}\n`) + 2;
  const end = readme.indexOf("\n\n", start) + 1;
  readme = `${readme.slice(0, start)}${table}${readme.slice(end)}`;
}
await writeFile(path, readme);
