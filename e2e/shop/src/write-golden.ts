/** Writes what each case comes to, by TypeScript, into the golden file: to be read by a person. */
import { readFileSync, writeFileSync } from "node:fs";
import { type Golden, jsonOf, mutationsOf } from "./golden.ts";

const FILE = new URL("../golden/shop.json", import.meta.url);

const cases = JSON.parse(readFileSync(FILE, "utf8")) as Golden[];
const written = cases.map((golden) => ({ ...golden, mutations: jsonOf(mutationsOf(golden)) }));
writeFileSync(FILE, `${JSON.stringify(written, null, 2)}\n`);
