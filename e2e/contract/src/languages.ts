import { spawnSync } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";

const root = join(import.meta.dirname, "../../..");
const runners = join(import.meta.dirname, "../runners");
const clientPython = join(root, "packages/client-python");

/** The languages that have a client. */
export type Language = "TypeScript" | "Python" | "Go";

export const LANGUAGES: readonly Language[] = ["TypeScript", "Python", "Go"];

/** How a language's runner is started. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Makes a language's runner ready: installs what it needs where it is not in the cache, and compiles
 * it. On a machine that has never seen the project this takes minutes.
 *
 * @param folder for what is compiled.
 */
export async function programOf(language: Language, folder: string): Promise<Program> {
  switch (language) {
    case "TypeScript":
      return {
        command: process.execPath,
        args: [join(runners, "typescript/main.ts")],
        env: {},
      };
    case "Python":
      return {
        command: "python3",
        args: ["-B", join(runners, "python/runner.py")],
        env: await pythonEnvironment(),
      };
    case "Go":
      return { command: await goRunner(folder), args: [], env: {} };
  }
}

/** Where Python finds the client of this repository, and all that it needs. */
export async function pythonEnvironment(): Promise<Record<string, string>> {
  const script = join(clientPython, "scripts/python-packages.py");
  const project = join(clientPython, "pyproject.toml");
  const output = await runProgram("python3", ["-B", script, "--project", project], { cwd: root });
  const packages = output.trim().split("\n").at(-1) ?? "";
  return { PYTHONPATH: `${join(clientPython, "src")}:${packages}`, PYTHONDONTWRITEBYTECODE: "1" };
}

/** Runs Go's command; needs Go 1.26, or 1.21 that fetches it by itself. */
export async function go(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return await runProgram(goCommand(), args, { cwd, env });
}

/** The files of the Go runner that gofmt would write otherwise. */
export async function unformattedGo(): Promise<string> {
  const gofmt = join(goCommand(), "../gofmt");
  return await runProgram(gofmt, ["-l", "."], { cwd: join(runners, "go") });
}

async function goRunner(folder: string): Promise<string> {
  const source = join(runners, "go");
  const program = join(folder, "contract-runner");
  // A copy of the module file, so that a newer dependency of the client leaves this one as it is.
  const module = join(folder, "go.mod");
  await mkdir(folder, { recursive: true });
  await copyFile(join(source, "go.mod"), module);
  await copyFile(join(source, "go.sum"), join(folder, "go.sum"));
  await go(["build", "-mod=mod", `-modfile=${module}`, "-o", program, "."], source);
  return program;
}

function goCommand(): string {
  const found = spawnSync("sh", ["-c", "command -v go"], { encoding: "utf8" }).stdout.trim();
  return found === "" ? "/usr/local/go/bin/go" : found;
}
