import { parentPort, workerData } from "node:worker_threads";
import { runShare, type Share } from "./share.ts";

// A thread of `pnpm sim`: it runs its share, and tells of each seed.
const port = parentPort;
if (port === null) throw new Error("this is the thread of another");
await runShare(workerData as Share, (sums) => port.postMessage(sums));
