import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ManagedProcess, ProcessFailed, startProcess, waitUntil } from "@outgraph/stack";

const root = join(import.meta.dirname, "../../..");
const clientPython = join(root, "packages/client-python");
const sources = [
  join(import.meta.dirname, "../python"),
  join(root, "packages/xmem-python/src"),
  join(clientPython, "src"),
];

/** How long a program may take to come to a place where it waits, in milliseconds. */
const REACHED_WITHIN_MS = 600_000;

/** Where Python finds all that the programs need. Installs what is not in the cache. */
export async function pythonEnvironment(): Promise<Record<string, string>> {
  await using install = await startProcess({
    name: "python-packages",
    command: "python3",
    args: [
      "-B",
      join(clientPython, "scripts/python-packages.py"),
      "--project",
      join(clientPython, "pyproject.toml"),
    ],
  });
  const { code } = await install.exited;
  const output = await readFile(install.logFile, "utf8");
  if (code !== 0) throw new ProcessFailed("python-packages", `ended with code ${code}`, output);
  const packages = output.trim().split("\n").at(-1) ?? "";
  return { PYTHONPATH: [...sources, packages].join(":"), PYTHONDONTWRITEBYTECODE: "1" };
}

/** A Python program of this package, which tells lines of JSON. */
export interface PythonProgram extends AsyncDisposable {
  readonly process: ManagedProcess;
  /** Everything that it told so far. */
  told(): Promise<readonly Told[]>;
  /** Resolves when it has told something with this key. @throws when it ends before. */
  tells(key: string): Promise<Told>;
  /** Resolves with what it told last, when it has ended. @throws ProcessFailed with its output. */
  ended(): Promise<Told>;
}

export type Told = Readonly<Record<string, unknown>>;

/** Starts `python3 -m module ...args`. It ends with this process. */
export async function startPython(
  module: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<PythonProgram> {
  const process = await startProcess({
    name: module,
    command: "python3",
    args: ["-B", "-m", module, ...args],
    env,
  });
  const output = async (): Promise<string> => await readFile(process.logFile, "utf8");
  const told = async (): Promise<Told[]> =>
    (await output())
      .split("\n")
      .slice(0, -1) // what stands after the last line end is not told to its end
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Told);
  return {
    process,
    told,
    async tells(key) {
      return await waitUntil(
        async () => {
          const found = (await told()).find((message) => key in message);
          if (found === undefined && !process.running)
            return { failed: await output() } as const satisfies Told;
          return found;
        },
        { what: `${module} tells ${key}`, timeoutMs: REACHED_WITHIN_MS, everyMs: 10 },
      ).then((found) => {
        if (!("failed" in found) || key === "failed") return found;
        throw new ProcessFailed(module, `ended before it told ${key}`, String(found["failed"]));
      });
    },
    async ended() {
      const { code, signal } = await process.exited;
      const last = (await told()).at(-1);
      if (code === 0 && last !== undefined) return last;
      throw new ProcessFailed(module, `ended with ${signal ?? `code ${code}`}`, await output());
    },
    [Symbol.asyncDispose]: () => process.stop(),
  };
}

/** Runs a program to its end; resolves with what it told last. */
export async function runPython(
  module: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Told> {
  await using program = await startPython(module, args, env);
  return await program.ended();
}
