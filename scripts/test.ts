/**
 * Runs everything that can fail, and ends with `N passed, N failed` alone on the last line.
 *
 * The checks (each counts as one test): generated code is current, lint, types and build of every
 * package, the direction of the arrows between packages, a simulation of many seeds, some minutes of chaos,
 * and that no process is left behind. The tests: all of vitest's, on real servers where they claim something about servers.
 * Those go in two lanes side by side, each with servers of its own, and chaos beside them. The slowest files are named before
 * the last line.
 *
 * With arguments, only the test files that they name, in one lane, and no checks.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { DURATIONS_VARIABLE, type FileDuration } from "./file-durations.ts";

const root = join(import.meta.dirname, "..");

/** Every process of this run carries it in its environment, so that strays can be told. */
const runId = randomUUID();

interface Command {
  readonly name: string;
  readonly command: readonly string[];
}

const CHECKS: readonly Command[] = [
  { name: "generated code is current", command: ["node", "scripts/generated.ts"] },
  { name: "lint and format", command: ["biome", "check", "."] },
  { name: "lint of the contract", command: ["turbo", "run", "lint", "--filter=./proto"] },
  { name: "types of the scripts", command: ["tsc", "-p", "tsconfig.json"] },
  { name: "types and build of every package", command: ["turbo", "run", "typecheck", "build"] },
  { name: "boundaries between packages", command: ["turbo", "boundaries"] },
];

/** It keeps both cores busy by itself. */
const SIMULATION: Command = {
  name: "simulation of 5,000 seeds",
  command: ["node", "e2e/chaos/src/sim/main.ts", "--seeds", "5000"],
};

/** It waits most of the time, as the lanes do. */
const CHAOS: Command = {
  name: "three minutes of chaos",
  command: ["node", "e2e/chaos/src/nemesis/main.ts", "--minutes", "3", "--seed", "1"],
};

/** Tests on real servers wait for them half of the time: two lanes keep two cores busy. */
const LANES: readonly number[] = [1, 2];

/** How many of the slowest test files are named at the end. */
const SLOWEST = 15;

/** How long processes may outlive the test that started them, in milliseconds. */
const STRAYS_GONE_WITHIN_MS = 10_000;

interface Counts {
  passed: number;
  failed: number;
}

const running = new Set<ChildProcess>();

/** Somebody wants it to end: nothing more is begun. */
let interrupted = false;

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Stands before each line of output; for commands that run side by side. */
  readonly prefix?: string;
}

/** The exit code of a command whose output goes to ours. */
async function run(command: readonly string[], options: RunOptions = {}): Promise<number> {
  if (interrupted) return 1;
  const { env, prefix } = options;
  const [file, ...args] = command as [string, ...string[]];
  const output = prefix === undefined ? "inherit" : "pipe";
  const child = spawn(file, args, {
    cwd: root,
    stdio: ["ignore", output, output],
    env: {
      ...process.env,
      PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}`,
      OUTGRAPH_TEST_RUN: runId,
      TURBO_TELEMETRY_DISABLED: "1",
      // Two hundred processes are started from the same sources: each takes 0.6 s of a core, not 1.0.
      NODE_COMPILE_CACHE: join(root, "node_modules/.cache/node-compile"),
      ...env,
    },
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface(stream).on("line", (line) => console.log(`${prefix}${line}`));
  }
  running.add(child);
  try {
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
    });
  } finally {
    running.delete(child);
  }
}

async function check(counts: Counts, name: string, holds: () => Promise<boolean>): Promise<void> {
  const passed = await holds().catch((error: unknown) => {
    console.error(error);
    return false;
  });
  counts[passed ? "passed" : "failed"] += 1;
  console.log(`${passed ? "ok    " : "FAILED"} ${name}`);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** Runs vitest, and says how long each file took. One that cannot even be loaded counts as a failed test. */
async function tests(
  counts: Counts,
  which: readonly string[],
  prefix?: string,
): Promise<readonly FileDuration[]> {
  const folder = await mkdtemp(join(tmpdir(), "outgraph-test-"));
  const report = join(folder, "report.json");
  const durations = join(folder, "durations.json");
  try {
    const reporters = ["default", "json", "./scripts/file-durations.ts"];
    const code = await run(
      [
        "vitest",
        "run",
        ...reporters.map((reporter) => `--reporter=${reporter}`),
        `--outputFile.json=${report}`,
        ...which,
      ],
      { env: { [DURATIONS_VARIABLE]: durations }, ...(prefix === undefined ? {} : { prefix }) },
    );
    const result = JSON.parse(await readFile(report, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      testResults: { status: string; assertionResults: { status: string }[] }[];
    };
    const unloaded = result.testResults.filter(
      (file) =>
        file.status === "failed" && !file.assertionResults.some((one) => one.status === "failed"),
    ).length;
    counts.passed += result.numPassedTests;
    counts.failed += result.numFailedTests + unloaded;
    // Vitest fails a run for more than failed tests: an unhandled rejection, a set-up that threw.
    if (code !== 0 && result.numFailedTests + unloaded === 0) counts.failed += 1;
    return JSON.parse(await readFile(durations, "utf8")) as FileDuration[];
  } catch (error) {
    console.error("vitest left no report:", error);
    counts.failed += 1;
    return [];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Processes of this run that are still there. Linux tells; elsewhere none are found. */
async function strays(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    // A process that ended meanwhile, or belongs to somebody else, is none of ours.
    const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
    if (!environment.includes(`OUTGRAPH_TEST_RUN=${runId}`)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command !== "") found.push(`${pid} ${command.replaceAll("\0", " ").slice(0, 200)}`);
  }
  return found;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    interrupted = true;
    for (const child of running) child.kill(signal);
    process.exitCode = 1;
  });
}

async function everything(counts: Counts): Promise<readonly FileDuration[]> {
  for (const { name, command } of [...CHECKS, SIMULATION]) {
    await check(counts, name, async () => (await run(command)) === 0);
  }
  const unit = await tests(counts, ["--project=unit"]);
  const lanes = LANES.map(async (lane) => {
    const shard = `--shard=${lane}/${LANES.length}`;
    return await tests(counts, ["--project=integration", shard], `${lane}| `);
  });
  const chaos = async () => (await run(CHAOS.command, { prefix: "chaos| " })) === 0;
  await check(counts, CHAOS.name, chaos);
  const integration = await Promise.all(lanes);
  return [...unit, ...integration.flat()];
}

const counts: Counts = { passed: 0, failed: 0 };
const filters = process.argv.slice(2);
const took = await (filters.length > 0 ? tests(counts, filters) : everything(counts));
await check(counts, "no process is left behind", async () => {
  // Children notice a moment later that their parent is gone.
  const deadline = Date.now() + STRAYS_GONE_WITHIN_MS;
  let left = await strays();
  while (left.length > 0 && Date.now() < deadline) {
    await setTimeout(100);
    left = await strays();
  }
  for (const line of left) console.error(`left behind: ${line}`);
  return left.length === 0;
});
const slowest = took.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST);
const sumMs = took.reduce((sum, { ms }) => sum + ms, 0);
console.log(`the slowest of ${took.length} test files, which took ${seconds(sumMs)} in all:`);
for (const { file, ms } of slowest) console.log(`${seconds(ms).padStart(9)}  ${file}`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode ||= counts.failed > 0 || counts.passed === 0 ? 1 : 0;
