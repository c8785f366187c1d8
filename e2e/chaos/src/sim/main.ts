#!/usr/bin/env node
import { Command, InvalidArgumentError } from "commander";
import { runSeeds, threadsFor } from "./command.ts";
import type { Sums } from "./sums.ts";

interface Given {
  readonly seeds: number;
  readonly from: number;
  readonly seed?: number;
  readonly ops: number;
  readonly threads?: number;
  readonly failFast: boolean;
  readonly twiceEvery: number;
  readonly faults: boolean;
}

const program = new Command("pnpm sim")
  .description(
    "Runs relays and writers on servers in memory, in virtual time, with faults, all as seeds decide.",
  )
  .option("--seeds <n>", "how many seeds", whole, 1_000)
  .option("--from <seed>", "the first of them", whole, 1)
  .option("--seed <seed>", "one seed, with everything that happens in it", whole)
  .option("--ops <n>", "operations of each seed", whole, 100)
  .option("--threads <n>", "seeds that run side by side; by default one for each processor", whole)
  .option("--fail-fast", "end with the first seed that something does not hold in", false)
  .option(
    "--twice-every <n>",
    "run every n-th seed twice, which must be the same; 0: none",
    whole,
    100,
  )
  .option("--faults", "say how often each fault happened", false);
const given = program.parse().opts<Given>();
process.exitCode = given.seed === undefined ? await many(given) : await one(given.seed, given);

async function many({ seeds, from, ops, threads, faults, ...flags }: Given): Promise<number> {
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  process.once("SIGINT", () => stop.abort());
  const began = performance.now();
  const command = { from, seeds, operations: ops, threads: threads ?? threadsFor(seeds), ...flags };
  const sums = await runSeeds(command, (text) => console.log(text), stop.signal);
  for (const { seed, violations } of sums.failed.slice(0, 10)) {
    console.log(
      `seed ${seed}, again with: pnpm sim --seed ${seed}${ops === 100 ? "" : ` --ops ${ops}`}`,
    );
    for (const { invariant, what, entry, node } of violations.slice(0, 10)) {
      const about = [entry && `entry ${entry}`, node && `node ${node}`].filter(Boolean).join(", ");
      console.log(`  ${invariant}: ${what}${about === "" ? "" : ` (${about})`}`);
    }
  }
  if (faults) sayFaults(sums);
  const seconds = (performance.now() - began) / 1_000;
  console.log(
    `sim: ${sums.operations} operations, ${sums.entries} entries, ${sums.batches} batches, ` +
      `${(sums.virtualMs / 3_600_000).toFixed(1)} virtual hours in ${seconds.toFixed(1)} s`,
  );
  const violations = sums.failed.reduce((sum, { violations }) => sum + violations.length, 0);
  // Told to end, it has not seen what it was to see.
  const word = violations === 0 && sums.seeds === seeds ? "ok" : "violated";
  console.log(`sim: ${word} seeds=${sums.seeds} faults=${sums.faults} violations=${violations}`);
  return word === "ok" ? 0 : 1;
}

async function one(seed: number, { ops: operations }: Given): Promise<number> {
  // Where many run, each thread loads it for itself.
  const { simulate } = await import("./run.ts");
  const run = await simulate(seed, { operations, keepTrace: true });
  for (const line of run.lines ?? []) console.log(line);
  for (const { invariant, what, entry, node } of run.violations) {
    console.log(`violated: ${invariant}: ${what} ${entry ?? ""} ${node ?? ""}`);
  }
  const faults = [...run.fired.values()].reduce((sum, times) => sum + times, 0);
  console.log(`trace ${run.trace}`);
  const word = run.violations.length === 0 ? "ok" : "violated";
  console.log(`sim: ${word} seeds=1 faults=${faults} violations=${run.violations.length}`);
  return word === "ok" ? 0 : 1;
}

function sayFaults({ byFault }: Sums): void {
  for (const [fault, times] of Object.entries(byFault).sort(([, a], [, b]) => b - a)) {
    console.log(`${String(times).padStart(7)} ${fault}`);
  }
}

function whole(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError("a whole number is wanted");
}
