import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Mutant, mutate } from "./mutant.ts";
import { MUTANTS } from "./table.ts";

/** Names the mutant in force, in this process and those that it starts. */
export const MUTANT_ENV = "OUTGRAPH_MUTANT";

/** Names a file that gets a line each time when a mutated source is loaded. */
export const LOADED_ENV = "OUTGRAPH_MUTANT_LOADED";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** The mutant that the environment names, if it names one. @throws Error where there is none of that name. */
export function mutantInForce(): Mutant | undefined {
  const wanted = process.env[MUTANT_ENV];
  if (wanted === undefined || wanted === "") return undefined;
  const found = MUTANTS.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`no mutant is called "${wanted}"`);
  return found;
}

/** The source as the mutant has it; undefined for every file but its own. */
export function mutated(mutant: Mutant, path: string, source: () => string): string | undefined {
  if (path !== ROOT + mutant.file) return undefined;
  const text = mutate(source(), mutant);
  const loaded = process.env[LOADED_ENV];
  if (loaded !== undefined) appendFileSync(loaded, `${mutant.name}\n`);
  return text;
}
