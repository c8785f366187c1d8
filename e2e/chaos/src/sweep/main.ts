#!/usr/bin/env node
import { Command, InvalidArgumentError } from "commander";
import { POINTS } from "./points.ts";
import { startEngines } from "./servers.ts";
import { type Failed, runsOf, sweep } from "./sweep.ts";

/** Every point is run at so many occurrences. */
const OCCURRENCES = 3;
/** So many violations of a run are printed. */
const PRINTED_MAX = 20;

const program = new Command("sweep")
  .description(
    "Kills writer, append service and relay at every named crash point, at its first, second and " +
      "third occurrence, starts them again, and judges documents, outbox and graph. Uses the servers " +
      "of OUTGRAPH_MONGODB_URI and OUTGRAPH_NEO4J_URI, whose graph it empties, or starts new ones.",
  )
  .option("--point <name>", "only points whose name has this in it")
  .option("--nth <n>", "only this occurrence", whole)
  .option("--quick", "the first occurrence of each point alone", false)
  .option("--list", "print the names of the points", false);

function whole(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a whole number from 1");
}

interface Options {
  readonly point?: string;
  readonly nth?: number;
  readonly quick: boolean;
  readonly list: boolean;
}

program.action(async ({ point = "", nth, quick, list }: Options) => {
  const points = POINTS.filter(({ name }) => name.includes(point));
  if (list) return points.forEach(({ name }) => void console.log(name));
  if (points.length === 0) program.error(`no point has a name with "${point}" in it; see --list`);
  const all = runsOf(points, nth ?? (quick ? 1 : OCCURRENCES));
  const runs = nth === undefined ? all : all.filter((run) => run.nth === nth);
  const say = (text: string): void => console.error(text);
  await using engines = await startEngines(say);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // Everything that was started ends with this process; servers that were given get back what was set.
    process.once(signal, async () => {
      try {
        await engines[Symbol.asyncDispose]();
      } finally {
        process.exit(130);
      }
    });
  }
  const failed = await sweep(engines.servers, runs, say);
  for (const each of failed) print(each);
  const violations = failed.reduce((sum, each) => sum + Math.max(1, each.violations.length), 0);
  const word = failed.length === 0 ? "ok" : "violated";
  console.log(
    `sweep: ${word} points=${points.length} runs=${runs.length} violations=${violations}`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
});

function print({ run, violations, error, database }: Failed): void {
  console.log(`\n${run.point.name} #${run.nth}`);
  if (error !== undefined) console.log(error instanceof Error ? error.message : error);
  for (const { invariant, what, entry, node } of violations.slice(0, PRINTED_MAX)) {
    const about = [entry && `entry ${entry}`, node && `node ${node}`].filter(Boolean).join(", ");
    console.log(`  ${invariant}: ${what}${about === "" ? "" : ` (${about})`}`);
  }
  const more = violations.length - PRINTED_MAX;
  if (more > 0) console.log(`  and ${more} more`);
  if (database !== undefined) console.log(`  its documents are left in the database ${database}`);
  console.log(`  again: pnpm sweep --point "${run.point.name}" --nth ${run.nth}`);
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(error);
  console.log("sweep: failed");
  process.exitCode = 1;
}
process.exit(); // Node 24.21 was seen to spin for ever when it ended by itself after hundreds of children
