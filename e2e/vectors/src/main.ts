/** Writes the golden files. Run it after a change to the cases, and read the difference. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { goldenFiles } from "./golden.ts";

for (const [name, text] of goldenFiles()) {
  await writeFile(join(import.meta.dirname, "../golden", name), text);
}
