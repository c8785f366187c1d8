/**
 * Does something with each, one after another, and waits only where one has to be waited for: most locks
 * are free, and a promise for each row would take most of the time of a statement.
 *
 * @returns undefined when all is done, else what resolves when it is.
 */
export function inTurn<T>(
  all: readonly T[],
  act: (each: T) => Promise<void> | undefined,
  from = 0,
): Promise<void> | undefined {
  for (let place = from; place < all.length; place++) {
    const waiting = act(all[place] as T);
    if (waiting !== undefined) return waiting.then(() => inTurn(all, act, place + 1));
  }
  return undefined;
}
