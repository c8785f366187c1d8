import { ACCESS } from "./cases/access.ts";
import { APPENDS } from "./cases/appends.ts";
import { FAULTS } from "./cases/faults.ts";
import { LIMITS } from "./cases/limits.ts";
import { READING } from "./cases/reading.ts";
import { REFUSALS } from "./cases/refusals.ts";
import type { Case } from "./script.ts";

/** The script: every row of the table, in its order. */
export const ROWS: readonly Case[] = [
  ...APPENDS,
  ...REFUSALS,
  ...LIMITS,
  ...ACCESS,
  ...FAULTS,
  ...READING,
];

/** The documents that the script leaves, by `_id`: those of the appends that say they committed. */
export const LEFT: readonly string[] = [
  "a",
  "count",
  "held",
  "job",
  "lost",
  "m",
  "n",
  "put right",
  "read",
  "taken",
];
