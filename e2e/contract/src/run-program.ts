import { readFile } from "node:fs/promises";
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
  const name = command.split("/").at(-1) ?? command;
  await using run = await startProcess({ name, command, args, cwd, env });
  const { code, signal } = await run.exited;
  const output = await readFile(run.logFile, "utf8");
  if (code === 0) return output;
  throw new Error(`${[name, ...args].join(" ")}: ${signal ?? `code ${code}`}\n${output}`);
}
