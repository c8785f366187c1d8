declare const brand: unique symbol;

/**
 * MongoDB's logical time: seconds since 1970 in the upper 32 bits, a counter in the lower. An
 * entry's `at` is the one of its insert; operation times are of the same kind and comparable.
 */
export type At = bigint & { readonly [brand]: "At" };

/** Before everything. */
export const AT_ZERO: At = 0n as At;

/** The time with these 64 bits. */
export function at(bits: bigint): At {
  return BigInt.asUintN(64, bits) as At;
}

/** Its whole seconds, as milliseconds since 1970. */
export function atMs(time: At): number {
  return Number(time >> 32n) * 1_000;
}

/** The time so many milliseconds earlier, rounded down to whole seconds; never before zero. */
export function atEarlier(time: At, ms: number): At {
  const seconds = (time >> 32n) - BigInt(Math.ceil(ms / 1_000));
  return seconds <= 0n ? AT_ZERO : at(seconds << 32n);
}

/** The earlier of two. */
export function earlier(a: At, b: At): At {
  return a < b ? a : b;
}

/** The later of two. */
export function later(a: At, b: At): At {
  return a > b ? a : b;
}
