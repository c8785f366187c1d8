import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProxy } from "@outgraph/stack";
import { beforeAll, expect, test } from "vitest";
import { PACKAGE, packages, python } from "./python.ts";
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

      expect(names).toContain("LICENSE");

      // Away from the sources, and without the extras: neither PyMongo nor OpenTelemetry.
      const installed = join(folder, "installed");
      await python(["-m", "zipfile", "--extract", join(folder, wheel), installed]);
      const PYTHONPATH = `${installed}:${environment["PYTHONPATH"]}`;
      const [imports] = /^from outgraph import .*$/m.exec(await readme()) ?? [""];
      const user = [
        imports,
        "from outgraph.append.v1.document_pb2 import DocumentWrite",
        'node("Person", {"id": "p-1"})',
        "write: type[DocumentWrite] = DocumentWrite",
        'client = OutgraphClient("http://127.0.0.1:1", source="user")',
        'print(client.append(event("a.B"), timeout_seconds=0.1).entry_id)',
      ].join("\n");
      const without = "import sys; sys.modules.update(bson=None, pymongo=None, opentelemetry=None)";
      await expect(python(["-c", `${without}\n${user}`], { PYTHONPATH })).rejects.toThrow(
        /outgraph\.errors\.(DeadlineExceeded|Unavailable)Error/,
      );

      // Its types are there: --strict refuses an ignored mistake that is none.
      const file = join(folder, "user.py");
      await writeFile(file, `${user}\nclient.append("no event")  # type: ignore[arg-type]\n`);
      const mypy = ["-m", "mypy", "--strict", "--cache-dir=/dev/null", "--config-file=", file];
      await python(mypy, { PYTHONPATH });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  SUITE_MS,
);

async function readme(): Promise<string> {
  return await readFile(join(PACKAGE, "README.md"), "utf8");
}
