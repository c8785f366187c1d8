import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProxy } from "@outgraph/stack";
import { beforeAll, expect, test } from "vitest";
import { packages, python } from "./python.ts";
import { emptyGraph, serverVariables, startService } from "./services.ts";

/** The first run on a machine downloads the packages. */
const INSTALL_MS = 600_000;
const SUITE_MS = 600_000;

let environment: Record<string, string>;

beforeAll(async () => {
  environment = { PYTHONPATH: await packages() };
}, INSTALL_MS);

test(
  "the Python suite passes, against the services and the relay",
  async () => {
    await emptyGraph();
    const database = `python_${randomBytes(6).toString("hex")}`;
    await using append = await startService("append", database);
    await using _relay = await startService("relay", database);
    await using losing = await startProxy({ target: new URL(append.url).host });
    const lost = randomBytes(12).toString("hex");
    const dropped = losing.dropReplyAfter((bytes) => bytes.includes(lost));

    const output = await python(["-m", "pytest", "-q", "-p", "no:cacheprovider"], {
      ...environment,
      ...serverVariables(database),
      OUTGRAPH_APPEND_URL: append.url,
      OUTGRAPH_LOSING_URL: `http://${losing.address}`,
      OUTGRAPH_LOSING_TEXT: lost,
    });

    await dropped;
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
  "the wheel holds what a user needs, and nothing of ours",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "outgraph-wheel-"));
    try {
      await python(["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, "."]);
      const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl")) ?? "";
      expect(wheel).toMatch(/^outgraph_client-.*-py3-none-any\.whl$/);
      const names = await python(["-m", "zipfile", "--list", join(folder, wheel)]);
      expect(names).toContain("outgraph/py.typed");
      expect(names).not.toContain("tests/");

      // Imported from the wheel itself, away from the sources.
      await python(["-c", "import outgraph, outgraph.writer, outgraph.append.v1.document_pb2"], {
        PYTHONPATH: `${join(folder, wheel)}:${environment["PYTHONPATH"]}`,
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  SUITE_MS,
);
