/**
 * What a promise gives, unless the signal aborts before: then it is left to itself.
 *
 * @throws what `why` makes, when the signal aborted first.
 */
export async function unlessAborted<T>(
  result: Promise<T>,
  signal: AbortSignal,
  why: () => unknown,
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(why());
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    result.catch(() => {}); // nobody asks for it any more
  }
}
