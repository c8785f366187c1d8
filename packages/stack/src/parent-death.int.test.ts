import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { stateOf } from "./test/linux-process.ts";
import { waitUntil } from "./wait-until.ts";

test("a mongod and its data are gone seconds after its parent was killed with SIGKILL", async () => {
  const source = fileURLToPath(new URL("./test/parent-of-mongod.ts", import.meta.url));
  const parent = spawn(process.execPath, [source], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface(parent.stdout), "line");
  const { pid, dataDir } = JSON.parse(line);
  expect(stateOf(pid)).not.toBe("gone");

  parent.kill("SIGKILL");
  await once(parent, "exit");

  await waitUntil(() => stateOf(pid) === "gone", { what: "mongod is gone", timeoutMs: 10_000 });
  await waitUntil(() => !existsSync(dataDir), { what: "its data is gone", timeoutMs: 10_000 });
});
