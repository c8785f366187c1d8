#!/usr/bin/env node
import { startMongo, startNeo4j } from "@outgraph/stack";
import { Command, Option } from "commander";
import type { Layer, Mutant } from "./mutant.ts";
import { writeTable } from "./readme-table.ts";
import { type CatchRun, runCatch, type Servers } from "./run-catch.ts";
import { MUTANTS } from "./table.ts";

interface Given {
  readonly layer?: Layer;
  readonly list: boolean;
  readonly write: boolean;
  readonly baseline: boolean;
}

const program = new Command("pnpm mutants")
  .description("Takes away one protection at a time, and sees that a test notices.")
  .argument("[name...]", "mutants; by default all")
  .addOption(
    new Option("--layer <layer>", "those of one layer").choices(["unit", "sim", "integration"]),
  )
  .option("--list", "name them, and run nothing", false)
  .option("--write", "write times and what failed into the README's table", false)
  .option("--no-baseline", "do not see first that the tests pass without a mutant");
const given = program.parse().opts<Given>();
const names = program.args;

/** Whether tests pass without any mutant, as far as that was seen. */
const without = new Map<string, boolean>();

const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
const stopping: (() => Promise<void>)[] = [];
try {
  process.exitCode = await main();
} finally {
  await Promise.all(stopping.map((each) => each()));
}

async function main(): Promise<number> {
  const unknown = names.filter((name) => !MUTANTS.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new Error(`nothing is called ${unknown.join(", ")}; see --list`);
  const wanted = MUTANTS.filter(
    ({ name, by }) =>
      (names.length === 0 || names.includes(name)) &&
      (given.layer === undefined || by.layer === given.layer),
  );
  if (given.list) {
    for (const { name, removes, by } of wanted) console.log(`${name} (${by.layer}): ${removes}`);
    return 0;
  }
  const servers = wanted.some(({ by }) => by.layer === "integration") ? await start() : undefined;
  const caught = new Map<string, CatchRun>();
  let missed = 0;
  for (const mutant of wanted) {
    if (stop.signal.aborted) break;
    const ran = await one(mutant, servers);
    if (ran === undefined) missed += 1;
    else caught.set(mutant.name, ran);
  }
  const slowest = [...caught].sort(([, a], [, b]) => b.seconds - a.seconds)[0];
  if (slowest !== undefined) {
    console.log(`mutants: the slowest, "${slowest[0]}", took ${slowest[1].seconds.toFixed(1)} s`);
  }
  if (given.write) await writeTable(caught);
  const ok = missed === 0 && caught.size === wanted.length;
  console.log(`mutants: ${ok ? "ok" : "violated"} caught=${caught.size} missed=${missed}`);
  return ok ? 0 : 1;
}

/** What caught it; undefined when nothing did, or what did catches everything. */
async function one(mutant: Mutant, servers: Servers | undefined): Promise<CatchRun | undefined> {
  const { name, by } = mutant;
  const say = (text: string): undefined => void console.log(`${name} (${by.layer}): ${text}`);
  const ran = await runCatch(by, mutant, servers, stop.signal);
  if (stop.signal.aborted) return undefined;
  const seconds = `${ran.seconds.toFixed(1)} s`;
  if (!ran.loaded) return say(`MISSED, its source was never loaded: ${ran.said} ${ran.what}`);
  if (ran.said !== "failed") return say(`MISSED in ${seconds}: ${ran.said} ${ran.what}`);
  if (given.baseline && !(await passesWithout(mutant, servers))) {
    return say("MISSED, since what caught it fails without it, too");
  }
  say(`caught in ${seconds} by "${ran.what}"`);
  return ran;
}

async function passesWithout({ by }: Mutant, servers: Servers | undefined): Promise<boolean> {
  const key = JSON.stringify(by);
  const known = without.get(key);
  if (known !== undefined) return known;
  const passes = (await runCatch(by, undefined, servers, stop.signal)).said === "passed";
  without.set(key, passes);
  return passes;
}

/** One MongoDB and one Neo4j for all, those of the environment where it names them. */
async function start(): Promise<Servers> {
  const onProgress = (text: string): void => console.log(`stack: ${text}`);
  const [mongo, neo4j] = await Promise.all([
    startMongo({ testCommands: true, onProgress }).then((server) => {
      stopping.push(() => server.stop());
      return server;
    }),
    startNeo4j({ quickStart: true, onProgress }).then((server) => {
      stopping.push(() => server.stop());
      return server;
    }),
  ]);
  return { OUTGRAPH_MONGODB_URI: mongo.uri, OUTGRAPH_NEO4J_URI: neo4j.uri };
}
