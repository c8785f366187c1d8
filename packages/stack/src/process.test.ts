import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { freePort } from "./ports.ts";
import { type ManagedProcess, ProcessFailed, startProcess } from "./process.ts";
import { stateOf } from "./test/linux-process.ts";
import { waitUntil } from "./wait-until.ts";

vi.setConfig({ testTimeout: 30_000 }); // each starts a Node or two, on a machine that may be busy

/** A Node service that says `up` and then does as its source tells. */
function startService(
  source: string,
  more: { stopGraceMs?: number } = {},
): Promise<ManagedProcess> {
  return startProcess({
    name: "service",
    command: process.execPath,
    args: ["-e", `${source}; setInterval(() => {}, 1000); console.log("up as", process.env.ROLE)`],
    env: { ROLE: "relay" },
    ready: /^up as relay$/m,
    ...more,
  });
}

test("a service counts as started once its output matches", async () => {
  await using service = await startService("");

  expect(service.running).toBe(true);
  expect(service.logTail()).toContain("up as relay");
});

test("a service counts as started once its address answers", async () => {
  const port = await freePort();
  await using service = await startProcess({
    name: "service",
    command: process.execPath,
    args: [
      "-e",
      `require("node:http").createServer((_, r) => r.end()).listen(${port}, "127.0.0.1")`,
    ],
    ready: new URL(`http://127.0.0.1:${port}/readyz`),
  });

  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).ok).toBe(true);
  expect(service.running).toBe(true);
});

test("a service that ends at its start shows its log", async () => {
  const start = startService("console.error('no such database'); process.exit(3)");

  await expect(start).rejects.toThrow(ProcessFailed);
  await expect(start).rejects.toThrow(/ended at its start with code 3[\s\S]*no such database/);
});

test("a program that is not there is told with its name", async () => {
  const start = startProcess({ name: "relay", command: "/no/such/relay", ready: /never/ });

  await expect(start).rejects.toThrow(
    /relay ended at its start with code 127[\s\S]*\/no\/such\/relay/,
  );
});

test("a service that is not ready in time is ended, and shows its log", async () => {
  const start = startProcess({
    name: "service",
    command: "/bin/sh",
    args: ["-c", "echo pid $$; exec sleep 600"],
    ready: async () => false,
    readyTimeoutMs: 1_500,
  });

  const failure = await start.then(
    () => "started",
    (error: Error) => error.message,
  );

  expect(failure).toContain("was not ready within 1500 ms");
  expect(stateOf(Number(/pid (\d+)/.exec(failure)?.[1]))).toBe("gone");
});

test("kill is SIGKILL to the service itself", async () => {
  await using service = await startService("process.on('SIGTERM', () => {})");
  const { pid, exited } = service;

  await service.kill();

  expect(await exited).toEqual({ code: null, signal: "SIGKILL" });
  expect(stateOf(pid)).toBe("gone");
});

test("pause stops the service itself, and resume lets it go on", async () => {
  await using service = await startService("");

  await service.pause();
  await waitUntil(() => stateOf(service.pid) === "T", { what: "stopped", timeoutMs: 5_000 });
  await service.resume();
  await waitUntil(() => stateOf(service.pid) !== "T", { what: "going on", timeoutMs: 5_000 });

  expect(service.running).toBe(true);
});

test("stop lets the service end in order, even when it is paused", async () => {
  const service = await startService("process.on('SIGTERM', () => process.exit(0))");
  const { exited } = service;

  await service.pause();
  await service.stop();

  expect(await exited).toEqual({ code: 0, signal: null });
});

test("stop kills a service that ignores SIGTERM, after the grace time", async () => {
  const service = await startService("process.on('SIGTERM', () => {})", { stopGraceMs: 200 });
  const { exited } = service;

  await service.stop();

  expect(await exited).toEqual({ code: null, signal: "SIGKILL" });
});

test("restart starts the same command anew, and the log goes on", async () => {
  await using service = await startService("");
  const first = service.pid;

  await service.kill();
  await service.restart();

  expect(service.pid).not.toBe(first);
  expect(service.logTail().match(/up as relay/g)).toHaveLength(2);
});

test("what a service leaves behind ends with it", async () => {
  await using service = await startService(
    "console.log('child', require('node:child_process').spawn('sleep', ['600']).pid)",
  );
  const child = Number(/child (\d+)/.exec(service.logTail())?.[1]);
  expect(stateOf(child)).not.toBe("gone");

  await service.kill();

  await waitUntil(() => stateOf(child) === "gone", { what: "the child ends", timeoutMs: 5_000 });
});

test("the log can be read after the end, though its file is gone", async () => {
  const service = await startService("");

  await service.stop();

  expect(existsSync(service.logFile)).toBe(false);
  expect(service.logTail()).toContain("up as relay");
});

test("a child dies with its parent, though that is killed with SIGKILL", async () => {
  // The parent is a service of ours, and starts a child by the same package.
  await using parent = await startProcess({
    name: "parent",
    command: process.execPath,
    args: [
      "--input-type=module",
      "-e",
      `import { startProcess } from ${JSON.stringify(new URL("./process.ts", import.meta.url).href)};
       const child = await startProcess({ name: "child", command: "sleep", args: ["600"] });
       console.log("child", child.pid, child.logFile);`,
    ],
    ready: /^child \d+ .*$/m,
  });
  const [, pid, logFile] = /^child (\d+) (.*)$/m.exec(await readFile(parent.logFile, "utf8")) ?? [];
  expect(stateOf(Number(pid))).not.toBe("gone");

  process.kill(parent.pid, "SIGKILL");

  await waitUntil(() => stateOf(Number(pid)) === "gone", { what: "child gone", timeoutMs: 5_000 });
  await waitUntil(() => !existsSync(logFile ?? ""), { what: "log gone", timeoutMs: 5_000 });
});
