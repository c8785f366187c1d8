import { availableParallelism } from "node:os";
import { randomRuns, typecheck } from "./quint.ts";
import { BROKEN_RUNS, SOUND_RUNS } from "./random-runs.ts";

/** What random runs found: whether no promise was broken, and every protection is needed. */
export interface QuintAll {
  readonly holds: boolean;
  /** Runs of the protocol as it is. */
  readonly samples: number;
  /** How many protocols that lack a protection broke a promise. */
  readonly shown: number;
}

/** Checks the specification's types, runs it at random, whole and without each protection, and says how it goes. */
export async function quintAll(say: (text: string) => void, ended: AbortSignal): Promise<QuintAll> {
  const failed = new AbortController();
  const signal = AbortSignal.any([ended, failed.signal]);
  await typecheck(signal);
  say("quint: the specification's types fit");
  let holds = true;
  let samples = 0;
  let shown = 0;
  const sound = SOUND_RUNS.map((runs) => async () => {
    const broken = await randomRuns(runs, signal);
    if (broken === undefined) samples += runs.samples;
    else holds = false;
    const said = broken && `VIOLATED after ${broken.steps} steps: ${broken.promises.join(", ")}`;
    say(`quint, ${runs.module}: ${said ?? `${runs.samples} runs`}`);
  });
  const lacking = BROKEN_RUNS.map(({ name, runs }) => async () => {
    const broken = await randomRuns(runs, signal);
    if (broken !== undefined) shown += 1;
    const said = broken && `${broken.steps} steps: not ${broken.promises.join(", ")}`;
    say(`quint, ${name}: ${said ?? "NOTHING SHOWS IT"}`);
  });
  await sideBySide([...sound, ...lacking], failed);
  return { holds: holds && shown === BROKEN_RUNS.length, samples, shown };
}

/**
 * As many at once as there are processors: each is a process that keeps one busy. The first that fails
 * ends the others.
 */
async function sideBySide(
  tasks: readonly (() => Promise<void>)[],
  failed: AbortController,
): Promise<void> {
  const left = tasks.values();
  const worker = async (): Promise<void> => {
    try {
      for (const task of left) await task();
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: availableParallelism() }, worker));
  // They end with the reason of the first, or with that of the signal.
  for (const ended of workers) if (ended.status === "rejected") throw ended.reason;
}
