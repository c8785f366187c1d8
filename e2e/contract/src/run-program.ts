import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "@outgraph/stack";

/** How a program is run. */
export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program to its end; it dies with this process.
 *
 * @returns both of its outputs.
 * @throws Error with all of them when it fails.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: ProgramOptions,
): Promise<string> {
  const logs = await mkdtemp(join(tmpdir(), "outgraph-contract-"));
  const logFile = join(logs, "log");
  try {
    await using run = await startProcess({ name: command, command, args, cwd, env, logFile });
    const { code, signal } = await run.exited;
    const output = await readFile(logFile, "utf8");
    if (code === 0) return output;
    throw new Error(`${[command, ...args].join(" ")}: ${signal ?? `code ${code}`}\n${output}`);
  } finally {
    await rm(logs, { recursive: true });
  }
}
