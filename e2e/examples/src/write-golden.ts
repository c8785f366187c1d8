/** Writes what each case comes to, by TypeScript, into the golden files: to be read by a person. */
import { readFileSync, writeFileSync } from "node:fs";
import { FILES, type Golden, jsonOf, mutationsOf } from "./golden.ts";

for (const file of FILES) {
  const cases = JSON.parse(readFileSync(file, "utf8")) as Golden[];
  const written = cases.map((golden) => ({ ...golden, mutations: jsonOf(mutationsOf(golden)) }));
  writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
}
