import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";

// Each test starts a process, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const TINY = fileURLToPath(new URL("../test/tiny-service.ts", import.meta.url));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function start(args: string[] = [], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [TINY, ...args], { env: { ...process.env, ...env } });
  children.push(child);
  const lines: { msg: string; url?: string }[] = [];
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  const reader = createInterface({ input: child.stdout });
  const exit = once(child, "close").then(([code]) => ({ code, stderr, lines }));
  const said = async (msg: string) => {
    for (;;) {
      const found = lines.find((line) => line.msg === msg);
      if (found) return found;
      const [line] = (await Promise.race([once(reader, "line"), exit.then(() => ["{}"])])) as [
        string,
      ];
      if (line === "{}") throw new Error(`ended without saying ${msg}: ${stderr}`);
    }
  };
  reader.on("line", (line) => lines.push(line.startsWith("{") ? JSON.parse(line) : { msg: line }));
  return { child, exit, said };
}

test("it says where it listens, and SIGTERM ends it with 0", async () => {
  const { child, exit, said } = start();
  const { url } = await said("listening");
  expect((await fetch(`${url}/healthz`)).status).toBe(200);

  child.kill("SIGTERM");

  const { code, lines } = await exit;
  expect(code).toBe(0);
  expect(lines.map(({ msg }) => msg)).toEqual(["listening", "stopping", "stopped"]);
});

test("a second signal ends it at once", async () => {
  const { child, exit, said } = start([], { TINY_MODE: "hang" });
  await said("listening");

  child.kill("SIGINT");
  await said("stopping");
  child.kill("SIGINT");

  expect((await exit).code).toBe(130);
});

test.each([
  ["what the service gives, when it ends of itself", "ends", 7, "stopped"],
  ["1 when it cannot start", "throw", 1, "broken"],
  ["1 when something is thrown that nobody catches", "reject", 1, "broken"],
])("the exit code is %s", async (_, mode, expected, last) => {
  const { code, lines } = await start([], { TINY_MODE: mode }).exit;

  expect(code).toBe(expected);
  expect(lines.at(-1)?.msg).toBe(last);
});

test("options that cannot be used end it with 2 before anything starts", async () => {
  const { code, stderr, lines } = await start(["--stop-grace-ms", "-1"], {
    OUTGRAPH_LISTEN: "nowhere",
  }).exit;

  expect(code).toBe(2);
  expect(lines).toEqual([]);
  expect(stderr).toContain("--listen (OUTGRAPH_LISTEN)");
  expect(stderr).toContain("--stop-grace-ms (OUTGRAPH_STOP_GRACE_MS)");
});

test("an address that others can reach ends it with 1 and says why", async () => {
  const { code, lines } = await start(["--listen", "0.0.0.0:0"]).exit;

  expect(code).toBe(1);
  expect(JSON.stringify(lines)).toContain("OpenBindRefused");
});

test("options that lack others end it with 2", async () => {
  const { code, stderr, lines } = await start(["--tls-cert", "x", "--jwt-jwks", "y"]).exit;

  expect(code).toBe(2);
  expect(lines).toEqual([]);
  for (const lack of ["--tls-key", "--access-file", "--jwt-issuer"]) expect(stderr).toContain(lack);
});

test("`keys new` makes a key and starts nothing", async () => {
  const { code, lines } = await start(["keys", "new", "ingest"], { OUTGRAPH_LISTEN: "nowhere" })
    .exit;

  expect(code).toBe(0);
  expect(lines[0]?.msg).toMatch(/^outgraph_[\w-]{43}$/);
  expect(lines[1]?.msg).toMatch(/^"ingest": \{"keys":\["sha256:[0-9a-f]{64}"\]/);
});

test("--help shows the options and ends with 0", async () => {
  const { code, lines } = await start(["--help"]).exit;

  expect(code).toBe(0);
  expect(lines.map(({ msg }) => msg).join(" ")).toContain("OUTGRAPH_LOG_LEVEL");
});
