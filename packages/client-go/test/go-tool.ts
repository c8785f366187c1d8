import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "@outgraph/stack";

/** The Go module. */
export const MODULE: string = join(import.meta.dirname, "..");

/** What a program said, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Runs a program in a folder of the module until it ends; it dies with this process. */
export async function run(
  command: string,
  args: readonly string[],
  { folder = "", env = {} }: { folder?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const logs = await mkdtemp(join(tmpdir(), "outgraph-go-log-"));
  try {
    const logFile = join(logs, "log");
    await using child = await startProcess({
      name: "go",
      command,
      args,
      cwd: join(MODULE, folder),
      env: { PATH: `${goFolder()}:${process.env["PATH"]}`, ...env },
      logFile,
    });
    const { code } = await child.exited;
    return { code: code ?? 1, output: await readFile(logFile, "utf8") };
  } finally {
    await rm(logs, { recursive: true });
  }
}

/** Go's own command, also where its usual folder is not on the path. */
export function go(
  args: readonly string[],
  options?: Parameters<typeof run>[2],
): ReturnType<typeof run> {
  return run(join(goFolder(), "go"), args, options);
}

function goFolder(): string {
  const found = spawnSync("sh", ["-c", "command -v go"], { encoding: "utf8" }).stdout.trim();
  const folder = found === "" ? "/usr/local/go/bin" : join(found, "..");
  if (existsSync(join(folder, "go"))) return folder;
  throw new Error("Go is not there: install Go 1.26 (1.21 or later fetches it by itself)");
}

/** Whether the race detector can be built in: it needs a C compiler. */
export function canDetectRaces(): boolean {
  const compiler = process.env["CC"] ?? "gcc";
  return spawnSync(compiler, ["--version"], { stdio: "ignore" }).status === 0;
}
