import { execFileSync } from "node:child_process";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, loadavg, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { medianOf } from "./interval.ts";

/** What a result is of. */
export interface Machine {
  readonly cores: number;
  readonly model: string | undefined;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Of this repository; undefined where there is no checkout. */
  readonly commit: string | undefined;
  /** How long it takes to make 4 KiB at the end of a file lasting, the median of some, in milliseconds. */
  readonly fdatasyncMsP50: number;
}

export function machine(): Machine {
  return {
    cores: cpus().length,
    model: cpus()[0]?.model,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
    commit: commit(),
    fdatasyncMsP50: fdatasyncMsP50(),
  };
}

/** How many processes wanted a core in the last minute. */
export function load(): number {
  return loadavg()[0] as number;
}

const SYNCS = 101;

/** Where the servers keep their data too. */
function fdatasyncMsP50(): number {
  const folder = mkdtempSync(join(tmpdir(), "outgraph-bench-"));
  const file = openSync(join(folder, "synced"), "w");
  try {
    const block = new Uint8Array(4_096);
    const took = Array.from({ length: SYNCS }, () => {
      writeSync(file, block);
      const began = performance.now();
      fdatasyncSync(file);
      return performance.now() - began;
    });
    return medianOf(took);
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}

function commit(): string | undefined {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return undefined; // no checkout
  }
}
