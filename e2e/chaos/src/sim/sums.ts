import type { Violation } from "../invariants/index.ts";

/** What came of some seeds. */
export interface Sums {
  seeds: number;
  faults: number;
  operations: number;
  entries: number;
  batches: number;
  virtualMs: number;
  readonly byFault: Record<string, number>;
  readonly failed: { readonly seed: number; readonly violations: readonly Violation[] }[];
}

export const NOTHING = (): Sums => ({
  seeds: 0,
  faults: 0,
  operations: 0,
  entries: 0,
  batches: 0,
  virtualMs: 0,
  byFault: {},
  failed: [],
});

/** Adds what came of other seeds. */
export function addTo(all: Sums, more: Sums): void {
  all.seeds += more.seeds;
  all.faults += more.faults;
  all.operations += more.operations;
  all.entries += more.entries;
  all.batches += more.batches;
  all.virtualMs += more.virtualMs;
  for (const [fault, times] of Object.entries(more.byFault)) {
    all.byFault[fault] = (all.byFault[fault] ?? 0) + times;
  }
  all.failed.push(...more.failed);
}
