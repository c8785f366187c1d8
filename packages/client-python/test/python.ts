import { readFile } from "node:fs/promises";
import { startProcess } from "@outgraph/stack";

/** The package's folder. */
export const PACKAGE: string = `${import.meta.dirname}/..`;

/** Needed: Python 3.10 or newer with pip. */
const PYTHON = "python3";

/**
 * Runs Python in the package's folder, to its end.
 *
 * @returns its output.
 * @throws Error with the whole output when it fails.
 */
export async function python(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  await using run = await startProcess({
    name: "python3",
    command: PYTHON,
    args: ["-B", ...args],
    env: { PYTHONDONTWRITEBYTECODE: "1", ...env },
    cwd: PACKAGE,
  });
  const { code, signal } = await run.exited;
  const output = await readFile(run.logFile, "utf8");
  if (code === 0) return output;
  throw new Error(`python3 ${args.join(" ")} ended with ${signal ?? `code ${code}`}\n${output}`);
}

/** The folder with what the package and its tests need; installs it when it is not in the cache. */
export async function packages(): Promise<string> {
  const output = await python(["scripts/python-packages.py", "--project", "pyproject.toml"]);
  return output.trim().split("\n").at(-1) ?? "";
}
