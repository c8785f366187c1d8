// A relay whose loop is kept busy on a signal: for 0.8 lease times by SIGHUP, for 1.5 by SIGUSR2.
import { fileURLToPath } from "node:url";

const leaseMs = Number(process.env["OUTGRAPH_LEASE_TTL_MS"]);
const nothing = new Int32Array(new SharedArrayBuffer(4));
const block = (leases: number): void => {
  Atomics.wait(nothing, 0, 0, leases * leaseMs);
};
process.on("SIGHUP", () => block(0.8));
process.on("SIGUSR2", () => block(1.5));

await import(fileURLToPath(new URL("../main.ts", import.meta.url)));
