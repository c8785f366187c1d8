import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installMongod } from "./install-mongod.ts";
import { freePort } from "./ports.ts";
import { startProcess } from "./process.ts";

/** A mongod that belongs to no replica set: it has no transactions, and Outgraph must say so. */
export interface StandaloneMongod extends AsyncDisposable {
  readonly uri: string;
}

/** Starts one as a process of this machine, whatever other servers run as. Its end removes its data. */
export async function startStandaloneMongod(): Promise<StandaloneMongod> {
  const command = await installMongod("6.0.5", () => {});
  const folder = await mkdtemp(join(tmpdir(), "outgraph-standalone-"));
  const port = await freePort();
  const mongod = await startProcess({
    name: "standalone mongod",
    command,
    args: [
      ...["--dbpath", folder, "--port", String(port), "--bind_ip", "127.0.0.1"],
      ...["--wiredTigerCacheSizeGB", "0.25", "--nounixsocket"],
    ],
    ready: /Waiting for connections/,
    logFile: join(folder, "mongod.log"),
    sweep: folder,
  });
  return {
    uri: `mongodb://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      await mongod.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
