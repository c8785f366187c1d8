import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { packages, python } from "./python.ts";
import { emptyGraph, serverVariables, startRelay } from "./services.ts";

/** The first run on a machine downloads the packages. */
const INSTALL_MS = 600_000;
const SUITE_MS = 600_000;

let environment: Record<string, string>;

beforeAll(async () => {
  environment = { PYTHONPATH: await packages() };
}, INSTALL_MS);

test(
  "the Python suite passes, against real servers and the relay",
  async () => {
    await emptyGraph();
    const database = `xmem_${randomBytes(6).toString("hex")}`;
    await using _relay = await startRelay(database);

    const output = await python(["-m", "pytest", "-q", "-p", "no:cacheprovider"], {
      ...environment,
      ...serverVariables(database),
    });

    expect(output).toMatch(/^\d+ passed in/m);
  },
  SUITE_MS,
);

test(
  "types hold under mypy --strict, and ruff finds nothing",
  async () => {
    await python(["-m", "mypy", "--cache-dir=/dev/null"], environment);
    await python(["-m", "ruff", "check", "--no-cache"], environment);
    await python(["-m", "ruff", "format", "--check", "--no-cache"], environment);
  },
  SUITE_MS,
);

test(
  "the wheel holds the package with its types, and no tests",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "outgraph-xmem-wheel-"));
    try {
      await python(["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, "."]);
      const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl")) ?? "";
      expect(wheel).toMatch(/^outgraph_xmem-.*-py3-none-any\.whl$/);
      const names = await python(["-m", "zipfile", "--list", join(folder, wheel)]);

      expect(names).toContain("outgraph_xmem/py.typed");
      expect(names).toContain("LICENSE");
      expect(names).not.toContain("tests/");
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  SUITE_MS,
);
