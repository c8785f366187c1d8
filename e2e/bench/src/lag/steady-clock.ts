/** Milliseconds by a clock that only goes on, the same one in every thread and process here. */
export function steadyMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
