/** Milliseconds that only grow, the same in every thread of a process: `performance.now` is not. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** When a loop last turned, in memory that two threads share. */
export interface Beats {
  readonly buffer: SharedArrayBuffer;
  /** The loop turns now. */
  now(): void;
  /** When it last did, by `monotonicMs`. */
  last(): number;
}

/** The beats in eight bytes of shared memory. */
export function beatsIn(buffer: SharedArrayBuffer): Beats {
  const cell = new BigInt64Array(buffer);
  return {
    buffer,
    now: () => {
      Atomics.store(cell, 0, process.hrtime.bigint());
    },
    last: () => Number(Atomics.load(cell, 0)) / 1e6,
  };
}
