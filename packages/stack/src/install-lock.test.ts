import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isStale, withInstallLock } from "./install-lock.ts";

describe("a lock is stale", () => {
  const judge = { now: 100_000, host: "here", isAlive: (pid: number) => pid === 7 };

  test("not while its holder lives and touches it", () => {
    expect(isStale({ holder: "here 7\n", touchedAt: 95_000 }, judge)).toBe(false);
  });

  test("at once when its holder on this machine is gone", () => {
    expect(isStale({ holder: "here 8\n", touchedAt: 99_999 }, judge)).toBe(true);
  });

  test("not at once when its holder is on another machine, whose processes we cannot see", () => {
    expect(isStale({ holder: "there 8\n", touchedAt: 99_999 }, judge)).toBe(false);
  });

  test("after 30 s without a touch, whoever held it", () => {
    expect(isStale({ holder: "here 7\n", touchedAt: 69_999 }, judge)).toBe(true);
  });

  test("not at once when its holder has not written its name yet", () => {
    expect(isStale({ holder: "", touchedAt: 99_999 }, judge)).toBe(false);
  });
});

describe("the installation lock", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "outgraph-lock-test-"));
    path = join(folder, "engine.lock");
  });

  afterEach(() => rm(folder, { recursive: true }));

  test("lets one work at a time", async () => {
    let working = 0;
    const work = async () => {
      expect(++working).toBe(1);
      await new Promise(setImmediate);
      working--;
    };

    await Promise.all([1, 2, 3].map(() => withInstallLock(path, work)));
  });

  test("of a crashed installer does not block the next", async () => {
    const { pid } = spawnSync("/bin/sh", ["-c", "exit"]);
    await writeFile(path, `${hostname()} ${pid}\n`);

    expect(await withInstallLock(path, async () => "installed")).toBe("installed");
  });

  test("of an installer that vanished with its machine does not block the next", async () => {
    await writeFile(path, "elsewhere 1\n");
    await utimes(path, new Date(0), new Date(0));

    expect(await withInstallLock(path, async () => "installed")).toBe("installed");
  });

  test("is gone after work that failed", async () => {
    const failing = withInstallLock(path, () => Promise.reject(new Error("no network")));

    await expect(failing).rejects.toThrow("no network");
    expect(existsSync(path)).toBe(false);
  });
});
