import type { Comparison, Measured } from "./benchmark.ts";

/** A run of each arm, one right after the other. */
export interface Pair {
  readonly arm: Measured;
  readonly base: Measured;
}

/**
 * Runs the arms in turns, A B B A or B A A B by chance, so that a drift of the machine falls on
 * both alike; after one run of each that does not count.
 *
 * @param blocks of two pairs each.
 */
export async function interleaved(
  { arm, base }: Comparison,
  blocks: number,
  random: () => number,
): Promise<Pair[]> {
  await arm();
  await base();
  const pairs: Pair[] = [];
  for (let block = 0; block < blocks; block++) {
    const armFirst = random() < 0.5;
    for (const first of [armFirst, !armFirst]) {
      if (first) {
        const measured = await arm();
        pairs.push({ arm: measured, base: await base() });
      } else {
        const measured = await base();
        pairs.push({ arm: await arm(), base: measured });
      }
    }
  }
  return pairs;
}
