import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { PROMISES, randomRuns } from "./quint.ts";
import { BROKEN_RUNS, type BrokenRuns, SOUND_RUNS } from "./random-runs.ts";

/** Each starts a process that reads the whole specification, which alone takes seconds. */
const PATIENCE = { timeout: 300_000 };

const read = async (file: string): Promise<string> =>
  await readFile(new URL(`quint/${file}.qnt`, import.meta.url), "utf8");

const lacking = (name: string): BrokenRuns => {
  const found = BROKEN_RUNS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`nothing is called ${name}`);
  return found;
};

test("random runs of the specification break no promise", PATIENCE, async ({ signal }) => {
  const runs = SOUND_RUNS.find(({ module }) => module === "parked");

  expect(runs && (await randomRuns({ ...runs, samples: 40 }, signal))).toBeUndefined();
});

test.for([
  ["no epoch check", "noOldEpochInGraph"],
  ["what depends on a parked entry goes on", "inHistoryOrder"],
] as const)("%s: a random run breaks %s", PATIENCE, async ([name, promise], { signal }) => {
  const broken = await randomRuns(lacking(name).runs, signal);

  expect(broken?.promises).toContain(promise);
  expect(broken?.steps).toBeGreaterThan(4);
});

test("every module of the specification is run, and every promise judged", async () => {
  const modules = (text: string): string[] =>
    [...text.matchAll(/^module (\w+)/gm)].map(([, name]) => name as string);
  const promises = /val promises = and \{([^}]*)\}/.exec(await read("promises"))?.[1];

  expect(SOUND_RUNS.map(({ module }) => module)).toEqual(modules(await read("sound")));
  expect(BROKEN_RUNS.map(({ runs }) => runs.module)).toEqual(modules(await read("broken")));
  expect(promises?.match(/\w+/g)).toEqual(PROMISES);
});
