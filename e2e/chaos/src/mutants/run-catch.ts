import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LOADED_ENV, MUTANT_ENV } from "./in-force.ts";
import type { Catch, Mutant } from "./mutant.ts";

/** What came of running a test, with or without a mutant. */
export interface CatchRun {
  /**
   * `failed`: a test, or a seed, says that a promise is broken. `passed`: all say that they hold.
   * `broken`: nobody says anything, which proves nothing.
   */
  readonly said: "failed" | "passed" | "broken";
  /** What failed first, or why nothing was said. */
  readonly what: string;
  /** Whether the mutant's source was loaded at all. */
  readonly loaded: boolean;
  readonly seconds: number;
}

/** Where servers are that integration tests use instead of their own. */
export type Servers = Readonly<Record<"OUTGRAPH_MONGODB_URI" | "OUTGRAPH_NEO4J_URI", string>>;

/** A run that has said nothing by then will not. */
const LIMIT_MS = 600_000;

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const REGISTER = new URL("register.ts", import.meta.url).href;

/** Runs what is to catch a mutant. @param mutant none: to see that it passes without. */
export async function runCatch(
  by: Catch,
  mutant: Mutant | undefined,
  servers: Servers | undefined,
  signal: AbortSignal,
): Promise<CatchRun> {
  const folder = mkdtempSync(join(tmpdir(), "outgraph-mutant-"));
  const loaded = join(folder, "loaded");
  const report = join(folder, "report.json");
  const began = performance.now();
  try {
    const environment = {
      ...process.env,
      ...servers,
      NODE_OPTIONS: `--import=${REGISTER}`,
      [MUTANT_ENV]: mutant?.name ?? "",
      [LOADED_ENV]: loaded,
    };
    const output = await run(
      by.layer === "sim" ? sim(by.seeds) : vitest(by, report),
      environment,
      signal,
    );
    const verdict = by.layer === "sim" ? simSaid(output) : vitestSaid(report, output);
    const seconds = (performance.now() - began) / 1_000;
    return { ...verdict, loaded: lines(loaded) > 0, seconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sim(seeds: number): string[] {
  const main = join(ROOT, "e2e/chaos/src/sim/main.ts");
  return [main, "--fail-fast", "--seeds", String(seeds), "--twice-every", "0"];
}

function vitest(by: Exclude<Catch, { layer: "sim" }>, report: string): string[] {
  const { layer, file, test } = by;
  const main = join(ROOT, "node_modules/vitest/vitest.mjs");
  const narrowed = test === undefined ? [] : ["-t", test];
  const said = ["--reporter=json", `--outputFile=${report}`, "--bail=1", "--fsModuleCache=false"];
  return [main, "run", "--project", layer, file, ...narrowed, ...said];
}

/** Everything that it printed. */
async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  const child = spawn(process.execPath, [...args], { cwd: ROOT, env, detached: true });
  let output = "";
  const keep = (piece: Buffer): void => {
    output = (output + piece.toString()).slice(-20_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  // With all that it started.
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  };
  const timer = setTimeout(kill, LIMIT_MS);
  signal.addEventListener("abort", kill, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", () => resolve());
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
  }
  return output;
}

type Said = Pick<CatchRun, "said" | "what">;

function simSaid(output: string): Said {
  const verdict = /^sim: (ok|violated) seeds=\d+ faults=\d+ violations=(\d+)$/m.exec(output);
  if (verdict === null) return { said: "broken", what: output.trim().slice(-500) };
  if (verdict[1] === "ok") return { said: "passed", what: "" };
  const first = /^seed (\d+),.*\n +(.*)$/m.exec(output);
  if (first === null || /(Reference|Syntax|Type)Error\b/.test(output)) {
    return { said: "broken", what: output.trim().slice(-500) };
  }
  return { said: "failed", what: `seed ${first[1]}: ${first[2]}` };
}

interface Report {
  readonly numFailedTests: number;
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function vitestSaid(report: string, output: string): Said {
  let said: Report;
  try {
    said = JSON.parse(readFileSync(report, "utf8")) as Report;
  } catch {
    return { said: "broken", what: output.trim().slice(-500) };
  }
  const all = said.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = all.find(({ status }) => status === "failed");
  if (failed !== undefined) {
    const why = failed.failureMessages.join("\n");
    // Then it is not the product without a protection that fails, but a text that is no program.
    const isNoProgram = /^(ReferenceError|SyntaxError|TypeError)\b/m.test(why);
    if (isNoProgram) return { said: "broken", what: why.slice(0, 500) };
    return { said: "failed", what: failed.fullName.trim() };
  }
  if (said.numPassedTests > 0) return { said: "passed", what: "" };
  return { said: "broken", what: `no test ran: ${output.trim().slice(-500)}` };
}

function lines(path: string): number {
  try {
    return readFileSync(path, "utf8").split("\n").length - 1;
  } catch {
    return 0;
  }
}
