import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Random runs of one module of the specification. The same seed gives the same runs. */
export interface RandomRuns {
  readonly file: "sound" | "broken";
  readonly module: string;
  /** Most runs. They end with the first that breaks a promise. */
  readonly samples: number;
  readonly seed: number;
}

/** A run that broke promises, and after how many steps. */
export interface BrokenRun {
  readonly promises: readonly string[];
  readonly steps: number;
}

/** What `promises` in promises.qnt is made of; quint names those that do not hold. */
export const PROMISES: readonly string[] = [
  "noDuplicate",
  "inHistoryOrder",
  "skippedStaysOut",
  "noOldEpochInGraph",
  "noOldEpochInOutbox",
  "purgedOnlyWhenApplied",
  "storedOnce",
  "haltsForAReason",
  "nothingLost",
  "nothingAhead",
  "everythingAcked",
  "asideIsRight",
];

/** Where everything has happened that can, a run ends earlier. */
const STEPS_MAX = 80;

const SPECIFICATION = fileURLToPath(new URL("quint", import.meta.url));
const QUINT = join(
  createRequire(import.meta.url).resolve("@informalsystems/quint/package.json"),
  "../dist/src/cli.js",
);

/** Sees that names, types and effects of the whole specification fit. @throws what does not. */
export async function typecheck(signal: AbortSignal): Promise<void> {
  for (const file of ["sound", "broken"]) {
    const { code, output } = await quint(["typecheck", `${file}.qnt`], signal);
    if (code !== 0) throw new Error(`${file}.qnt does not fit:\n${output}`);
  }
}

/**
 * The first run that breaks a promise; undefined when none does.
 *
 * @throws when quint did not run them, or was ended by the signal.
 */
export async function randomRuns(
  runs: RandomRuns,
  signal: AbortSignal,
): Promise<BrokenRun | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "outgraph-quint-"));
  try {
    const trace = join(folder, "trace.itf.json");
    const args = [...command(runs), "--verbosity=1", `--out-itf=${trace}`];
    const { code, output } = await quint(args, signal);
    if (code === 0 && output.includes("[ok] No violation found")) return undefined;
    const promises = [...output.matchAll(/❌ (\w+)/g)].map(([, name]) => name as string);
    if (!output.includes("[violation]") || promises.length === 0) {
      throw new Error(`quint did not run ${runs.module}:\n${output}`);
    }
    const { states } = JSON.parse(await readFile(trace, "utf8")) as { states: unknown[] };
    return { promises, steps: states.length - 1 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same runs for people: every state of the one that breaks a promise. */
export async function showRuns(runs: RandomRuns, signal: AbortSignal): Promise<void> {
  const { output } = await quint([...command(runs), "--verbosity=2"], signal);
  process.stdout.write(output);
}

function command({ file, module, samples, seed }: RandomRuns): string[] {
  return [
    "run",
    `${file}.qnt`,
    "--backend=typescript", // the other one is a program that quint would download
    `--main=${module}`,
    `--max-samples=${samples}`,
    `--max-steps=${STEPS_MAX}`,
    `--seed=${seed}`,
    "--invariants",
    ...PROMISES,
  ];
}

async function quint(
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly output: string }> {
  signal.throwIfAborted();
  // Without colours: what it prints is read.
  const env = { ...process.env, FORCE_COLOR: "0", NO_COLOR: "1" };
  const child = spawn(process.execPath, [QUINT, ...args], { cwd: SPECIFICATION, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => {
      output += piece;
    });
  }
  const kill = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    signal.throwIfAborted();
    return { code, output };
  } finally {
    signal.removeEventListener("abort", kill);
  }
}
