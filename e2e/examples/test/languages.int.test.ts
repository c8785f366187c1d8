import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "./run.ts";

const examples = join(import.meta.dirname, "..");
const root = join(examples, "../..");
const clientPython = join(root, "packages/client-python");
const PATH = `${join(root, "node_modules/.bin")}:${process.env["PATH"]}:/usr/local/go/bin`;

/** On a machine that has never seen the project this fetches modules and compiles all of them. */
const timeout = 900_000;

test("Python makes the golden mutations, and its types hold", { timeout }, async () => {
  const install = ["scripts/python-packages.py", "--project", "pyproject.toml"];
  const packages = await run("python3", ["-B", ...install], { cwd: clientPython });
  const folders = [packages.trim().split("\n").at(-1), join(clientPython, "src"), "."];
  const env = { PYTHONPATH: folders.join(":"), PYTHONDONTWRITEBYTECODE: "1" };
  const cwd = join(examples, "python");

  const output = await run("python3", ["-m", "pytest", "-q", "-p", "no:cacheprovider"], {
    cwd,
    env,
  });
  expect(output).toMatch(/^\d+ passed in/m);

  const strict = ["-m", "mypy", "--strict", "--cache-dir=/dev/null"];
  await run(
    "python3",
    [...strict, "shop_events.py", "shop_products.py", "xmem_events.py", "xmem_files.py", "tests"],
    { cwd, env },
  );
  await run("python3", ["-m", "ruff", "check", "--no-cache"], { cwd, env });
  await run("python3", ["-m", "ruff", "format", "--check", "--no-cache"], { cwd, env });
});

test("Go makes the golden mutations, and vet has nothing to say", { timeout }, async () => {
  const cwd = join(examples, "go");

  const output = await run("go", ["test", "-count=1", "-v", "./..."], { cwd, env: { PATH } });
  expect(output).toMatch(/^PASS$/m);

  await run("go", ["vet", "./..."], { cwd, env: { PATH } });
  expect(await run("gofmt", ["-l", "."], { cwd, env: { PATH } })).toBe("");
});

test("the generated code is what the schema generates now", { timeout }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "outgraph-examples-generated-"));
  try {
    const template = ["generate", "proto", "--template", "proto/buf.gen.yaml", "-o", folder];
    await run("buf", template, { cwd: examples, env: { PATH } });

    for (const path of ["src/gen", "go/gen", "python/shop", "python/xmem"]) {
      expect(await filesIn(join(examples, path)), path).toEqual(await filesIn(join(folder, path)));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function filesIn(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.endsWith("__pycache__")) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length)] = await readFile(path, "utf8");
  }
  return files;
}
