import { type SimOptions, simulate } from "./run.ts";
import { NOTHING, type Sums } from "./sums.ts";

/** Seeds that one thread runs, one after another. */
export interface Share extends SimOptions {
  readonly from: number;
  readonly to: number;
  /** From one seed to the next. */
  readonly step: number;
  /** Whether to end with the first seed that something does not hold in. */
  readonly failFast: boolean;
  /** Every so many seeds one is run again, to see that it runs the same. */
  readonly twiceEvery: number;
}

/** Runs a share. @param told after each seed. */
export async function runShare(share: Share, told: (sums: Sums) => void): Promise<void> {
  for (let seed = share.from; seed <= share.to; seed += share.step) {
    const run = await simulate(seed, share);
    const violations = [...run.violations];
    if (share.twiceEvery > 0 && seed % share.twiceEvery === 0) {
      const again = await simulate(seed, share);
      if (again.trace !== run.trace) {
        const what = `two runs of the seed were not the same: ${run.trace}, ${again.trace}`;
        violations.push({ invariant: "replay", what });
      }
    }
    const sums = NOTHING();
    sums.seeds = 1;
    sums.operations = run.operations;
    sums.entries = run.entries;
    sums.batches = run.batches;
    sums.virtualMs = run.virtualMs;
    for (const [fault, times] of run.fired) {
      sums.faults += times;
      sums.byFault[fault] = times;
    }
    if (violations.length > 0) sums.failed.push({ seed, violations });
    told(sums);
    if (violations.length > 0 && share.failFast) return;
    // Whoever listens in another thread hears of it between two seeds.
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
