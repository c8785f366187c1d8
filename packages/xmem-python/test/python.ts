import { readFile } from "node:fs/promises";
import { startProcess } from "@outgraph/stack";

/** The package's folder. */
export const PACKAGE: string = `${import.meta.dirname}/..`;

const CLIENT = `${PACKAGE}/../client-python`;

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
    command: "python3",
    args: ["-B", ...args],
    env: { PYTHONDONTWRITEBYTECODE: "1", ...env },
    cwd: PACKAGE,
  });
  const { code, signal } = await run.exited;
  const output = await readFile(run.logFile, "utf8");
  if (code === 0) return output;
  throw new Error(`python3 ${args.join(" ")} ended with ${signal ?? `code ${code}`}\n${output}`);
}

/**
 * The folder with what the package and its tests need beside outgraph-client, which lists it all;
 * installs it when it is not in the cache.
 */
export async function packages(): Promise<string> {
  const install = [`${CLIENT}/scripts/python-packages.py`, "--project", `${CLIENT}/pyproject.toml`];
  const output = await python(install);
  return output.trim().split("\n").at(-1) ?? "";
}
