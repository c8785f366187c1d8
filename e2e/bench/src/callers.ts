/** What callers did within the time. */
export interface Done {
  /** How many calls returned. */
  readonly calls: number;
  readonly seconds: number;
}

/**
 * Lets some callers call again and again, each waiting for its own answer, until the time is up, and
 * waits for the last answers; all of it counts, calls and time.
 *
 * @param call is told a number that is different for every call.
 * @throws whatever a call throws.
 */
export async function callers(
  count: number,
  ms: number,
  call: (n: number) => Promise<unknown>,
): Promise<Done> {
  const start = performance.now();
  const end = start + ms;
  let calls = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) await call(calls++);
  };
  await Promise.all(Array.from({ length: count }, caller));
  return { calls, seconds: (performance.now() - start) / 1_000 };
}
