/** A source of chance that gives the same for the same seed, everywhere. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** One of the items. @throws when there are none. */
  pick<T>(items: readonly T[]): T;
  /** `count` different items, or all when there are fewer, in no order. */
  sample<T>(items: readonly T[], count: number): T[];
}

/** @param seed a whole number. */
export function randomFrom(seed: number): Random {
  // mulberry32: 32 bits of state are plenty for picking files
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError("nothing to pick from");
    return items[below(items.length)] as T;
  };
  const sample = <T>(items: readonly T[], count: number): T[] => {
    const rest = [...items];
    const chosen: T[] = [];
    while (chosen.length < count && rest.length > 0) {
      chosen.push(...rest.splice(below(rest.length), 1));
    }
    return chosen;
  };
  return { below, pick, sample };
}
