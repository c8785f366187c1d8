import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { Share } from "./share.ts";
import { addTo, NOTHING, type Sums } from "./sums.ts";

/** What `pnpm sim` is told. */
export interface SimCommand {
  readonly from: number;
  readonly seeds: number;
  readonly operations: number;
  readonly threads: number;
  readonly failFast: boolean;
  readonly twiceEvery: number;
}

/** Between two words about how far it has come, in milliseconds. */
const PROGRESS_MS = 10_000;

/**
 * For the threads: a run makes 30 MB of objects, and few outlive it. The more runs there are between two
 * collections, the fewer objects are looked at in vain. In MiB; a thread takes up to three times as much.
 */
const SEMI_SPACE_MIB = 64;

/** As many threads as there are processors, and no more than there is work for. */
export function threadsFor(seeds: number): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(seeds / 20)));
}

/** Runs seeds in threads of their own, side by side. @param say is told of progress, for people. */
export async function runSeeds(
  command: SimCommand,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<Sums> {
  const { from, seeds, threads, failFast, operations, twiceEvery } = command;
  const all = NOTHING();
  const began = performance.now();
  let saidAt = began;
  const stop = new AbortController();
  const told = (sums: Sums): void => {
    addTo(all, sums);
    if (failFast && sums.failed.length > 0) stop.abort();
    if (performance.now() - saidAt < PROGRESS_MS) return;
    saidAt = performance.now();
    say(`sim: ${all.seeds} of ${seeds} seeds, ${all.faults} faults, ${all.failed.length} violated`);
  };
  const share = (thread: number): Share => ({
    ...{ operations, failFast, twiceEvery, step: threads },
    from: from + thread,
    to: from + seeds - 1,
  });
  setFlagsFromString(`--min-semi-space-size=${SEMI_SPACE_MIB}`);
  setFlagsFromString(`--max-semi-space-size=${SEMI_SPACE_MIB}`);
  const ended = AbortSignal.any([signal, stop.signal]);
  const shares = Array.from({ length: threads }, (_, thread) => share(thread));
  await Promise.all(shares.map((each) => inThread(each, told, ended)));
  return all;
}

function inThread(share: Share, told: (sums: Sums) => void, signal: AbortSignal): Promise<void> {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: share });
  return new Promise((resolve, reject) => {
    const end = (): void => void worker.terminate();
    signal.addEventListener("abort", end, { once: true });
    worker.on("message", told);
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
}
