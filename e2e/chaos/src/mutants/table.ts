import { CARRYING } from "./carrying-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { PARKING } from "./parking-mutants.ts";
import { PURGE } from "./purge-mutants.ts";
import { READING } from "./reading-mutants.ts";
import { WRITING } from "./writing-mutants.ts";

/** Every protection that is taken away, one at a time, to see that a test notices. */
export const MUTANTS: readonly Mutant[] = [
  ...CARRYING,
  ...READING,
  ...PARKING,
  ...PURGE,
  ...WRITING,
];
