import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TimedOut, waitUntil } from "@outgraph/stack";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rxjsSources } from "./default-codebase.ts";

/** Some of RxJS: 34 files. */
const SMALL = join(rxjsSources().folder, "internal", "observable");

/** Engines, services and kills of its own. */
const TIMEOUT_MS = 240_000;

let temp = "";
let mark = "";
let child: ChildProcess | undefined;

beforeEach(async () => {
  temp = await mkdtemp(join(tmpdir(), "outgraph-demo-test-"));
  mark = randomUUID();
});

afterEach(async () => {
  child?.kill("SIGKILL");
  await rm(temp, { recursive: true, force: true });
});

/** Starts the demo as a person would; `shown` is all that it has written so far. */
function start(...options: string[]): { ended: Promise<number | null>; shown: () => string } {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  let shown = "";
  const env = { ...process.env, TMPDIR: temp, OUTGRAPH_TEST_MARK: mark };
  const demo = spawn(process.execPath, [main, ...options], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const output of [demo.stdout, demo.stderr])
    output.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
    });
  child = demo;
  return { ended: once(demo, "close").then(([code]) => code), shown: () => shown };
}

/** How long children may outlive a demo that was interrupted: they notice that it is gone, in ms. */
const GONE_WITHIN_MS = 10_000;

/** What a demo leaves behind for good. */
async function leftBehind(): Promise<string[]> {
  let left: string[] = [];
  const nothing = async (): Promise<boolean> => {
    left = await stillThere();
    return left.length === 0;
  };
  await waitUntil(nothing, {
    what: "everything is gone",
    timeoutMs: GONE_WITHIN_MS,
  }).catch((error: unknown) => {
    if (!(error instanceof TimedOut)) throw error; // what is left tells more
  });
  return left;
}

/** Processes of a demo, told by a variable that they inherit, and temp data. */
async function stillThere(): Promise<string[]> {
  const left = await readdir(temp);
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => ""); // gone, or not ours
    if (environment.includes(mark))
      left.push(await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => pid));
  }
  return left;
}

test("the demo carries a small codebase through kills, and leaves nothing behind", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { ended, shown } = start("--path", SMALL, "--kills", "2");

  expect(await ended, shown()).toBe(0);

  const lines = shown().trimEnd().split("\n");
  expect(lines.at(-1)).toMatch(
    /^demo: ok documents=\d+ nodes=\d+ edges=\d+ missing=0 extra=0 twice=0 kills=3$/,
  );
  const [, documents, nodes, edges] = /documents=(\d+) nodes=(\d+) edges=(\d+)/.exec(
    lines.at(-1) ?? "",
  ) as unknown as string[];
  expect(Number(documents)).toBeGreaterThan(60);
  expect(Number(nodes)).toBeGreaterThan(Number(documents));
  expect(Number(edges)).toBeGreaterThan(100);
  expect(shown().match(/✗ relay killed after \d+ appends, with [1-9]\d* /g)).toHaveLength(2);
  expect(shown().match(/✗ Neo4j killed after \d+ appends, with [1-9]\d* /g)).toHaveLength(1);
  expect(await leftBehind()).toEqual([]);
});

test("writing twice ends in order too, with what it came to", { timeout: TIMEOUT_MS }, async () => {
  const { ended, shown } = start("--path", SMALL, "--kills", "1", "--dual-write");

  expect(await ended, shown()).toBe(0);

  expect(shown().trimEnd().split("\n").at(-1)).toMatch(
    /^demo: dual-write documents=\d+ nodes=\d+ edges=\d+ missing=\d+ extra=\d+ twice=\d+ kills=2$/,
  );
  expect(await leftBehind()).toEqual([]);
});

test("an interrupted demo stops what it started, and leaves nothing behind", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { ended, shown } = start("--path", SMALL, "--kills", "1");
  const killed = Promise.withResolvers<void>();
  child?.stdout?.on("data", () => {
    if (shown().includes("relay killed")) killed.resolve();
  });
  await Promise.race([killed.promise, ended]);

  child?.kill("SIGINT");

  expect(await ended, shown()).toBe(130);
  expect(await leftBehind()).toEqual([]);
});

test("a folder without source files is refused, and so is an option out of range", async () => {
  const empty = start("--path", temp);
  expect(await empty.ended).toBe(1);
  expect(empty.shown()).toContain("no TypeScript, JavaScript or Python files");

  const wrong = start("--kills", "21");
  expect(await wrong.ended).toBe(1);
  expect(wrong.shown()).toContain("a whole number from 0 to 20");
});
