/** Numbers that look random, the same for the same seed. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from 0 to below `below`. */
  below(below: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** So many of these, each once, in any order. */
  some<T>(of: readonly T[], count: number): T[];
}

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    some(of, count) {
      const left = [...of];
      const taken = Array.from({ length: Math.min(count, left.length) }, () =>
        left.splice(below(left.length), 1),
      );
      return taken.flat();
    },
  };
}
