import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { pythonEnvironment, unformattedGo } from "./languages.ts";
import { runProgram } from "./run-program.ts";

const contract = join(import.meta.dirname, "..");

/** The first run on a machine downloads the packages. */
const FIRST_MS = 900_000;

let env: Record<string, string>;
beforeAll(async () => {
  env = await pythonEnvironment();
}, FIRST_MS);

test("ruff has nothing to say of the Python programs", { timeout: 300_000 }, async () => {
  const folders = ["runners/python", "stock"];
  const options = { cwd: contract, env };

  await runProgram("python3", ["-m", "ruff", "check", "--no-cache", ...folders], options);
  await runProgram(
    "python3",
    ["-m", "ruff", "format", "--check", "--no-cache", ...folders],
    options,
  );
});

test("gofmt has nothing to say of the Go program", async () => {
  expect(await unformattedGo()).toBe("");
});
