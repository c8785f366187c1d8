import { enableCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { Share } from "./share.ts";

// A thread of `pnpm sim`: it runs its share, and tells of each seed.
const port = parentPort;
if (port === null) throw new Error("this is the thread of another");
enableCompileCache(); // loading takes as long as a dozen seeds
const { runShare } = await import("./share.ts");
await runShare(workerData as Share, (sums) => port.postMessage(sums));
