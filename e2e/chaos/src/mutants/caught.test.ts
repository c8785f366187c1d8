import { expect, test } from "vitest";
import { runCatch } from "./run-catch.ts";
import { MUTANTS } from "./table.ts";

// Two of each kind that need no servers, so that what takes protections away cannot rot. All of them:
// `pnpm mutants`.
const NAMES = [
  "acks in order",
  "blocked dependants",
  "conflict set",
  "the ring is acked at a start",
];

const some = MUTANTS.filter(({ name }) => NAMES.includes(name));

test.each(some)("without $name a test fails", { timeout: 600_000 }, async (mutant) => {
  const ran = await runCatch(mutant.by, mutant, undefined, new AbortController().signal);

  expect(ran).toMatchObject({ said: "failed", loaded: true });
});
