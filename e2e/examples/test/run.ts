import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "@outgraph/stack";

/** Runs a program to its end; it dies with this process. @throws with its output when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<string> {
  const logs = await mkdtemp(join(tmpdir(), "outgraph-examples-"));
  try {
    const logFile = join(logs, "log");
    await using child = await startProcess({ name: command, command, args, cwd, env, logFile });
    const { code, signal } = await child.exited;
    const output = await readFile(logFile, "utf8");
    if (code === 0) return output;
    throw new Error(
      `${command} ${args.join(" ")} ended with ${signal ?? `code ${code}`}\n${output}`,
    );
  } finally {
    await rm(logs, { recursive: true });
  }
}
