import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { startProcess } from "@outgraph/stack";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../../..");
const TSC = join(ROOT, "node_modules/.bin/tsc");

/** What nobody who installs a package may find in it: our switches, mutants and crash points. */
const TRACE =
  /OUTGRAPH_(?:TEST|MUTANT|CHAOS)|\b[Mm]utant|[Cc]rash(?:ing)?[-_ ]?(?:[Pp]oint|[Rr]elay|[Pp]orts)/;

/** Packages of other languages are published as their folders are. */
const FOLDERS = ["client-python/src", "client-go", "xmem-python/src", "xmem-go"];

let folder = "";

test("no package that is published has a crash point, a mutant or a test in it", {
  timeout: 600_000,
}, async ({ onTestFinished }) => {
  folder = await mkdtemp(join(tmpdir(), "outgraph-packed-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const names = await published();
  await run(TSC, ["-b", ...names.map((name) => join(ROOT, name, "tsconfig.build.json"))]);
  for (const name of names) await unpack(name, join(folder, name.replace("/", "-")));

  const files = await filesBelow(folder);
  const others = (
    await Promise.all(FOLDERS.map((name) => filesBelow(join(ROOT, "packages", name))))
  ).flat();

  // Else a package that packs nothing would pass.
  for (const name of names) {
    const main = join(folder, name.replace("/", "-"), "package/dist");
    expect(files.some((file) => file.startsWith(main))).toBe(true);
  }
  expect(await traces([...files, ...others])).toEqual([]);
  expect(files.filter((file) => /[/.]test[/.]/.test(relative(folder, file)))).toEqual([]);
  expect(await manifestsWithTests()).toEqual([]);
});

/** The folders of what goes to npm. */
async function published(): Promise<string[]> {
  const found: string[] = [];
  for (const group of ["packages", "services"]) {
    for (const name of await readdir(join(ROOT, group))) {
      const manifest = await manifestOf(join(ROOT, group, name));
      if (manifest["private"] !== true) found.push(`${group}/${name}`);
    }
  }
  return found;
}

async function manifestOf(at: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(at, "package.json"), "utf8")) as Record<string, unknown>;
}

async function unpack(name: string, into: string): Promise<void> {
  const { devEngines } = (await manifestOf(ROOT)) as {
    devEngines: { packageManager: { version: string } };
  };
  const pnpm = `pnpm@${devEngines.packageManager.version}`;
  await run("npx", ["-y", pnpm, "pack", "--pack-destination", into], join(ROOT, name));
  const [archive = ""] = await readdir(into);
  await run("tar", ["-xzf", join(into, archive), "-C", into]);
  await rm(join(into, archive));
}

async function manifestsWithTests(): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder)) {
    const { exports } = await manifestOf(join(folder, name, "package"));
    if (Object.hasOwn((exports ?? {}) as object, "./test")) found.push(name);
  }
  return found;
}

async function filesBelow(at: string): Promise<string[]> {
  const entries = await readdir(at, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/node_modules|__pycache__|\.turbo/.test(relative(at, file)));
}

async function traces(files: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) {
    const trace = TRACE.exec(await readFile(file, "utf8"));
    if (trace !== null) found.push(`${file}: ${trace[0]}`);
  }
  return found;
}

async function run(command: string, args: readonly string[], cwd: string = ROOT): Promise<void> {
  const logFile = join(folder, "log");
  await using child = await startProcess({ name: command, command, args, cwd, logFile });
  const { code } = await child.exited;
  const output = await readFile(logFile, "utf8");
  await rm(logFile);
  expect(code, output).toBe(0);
}
