import type { Comparison, Pair } from "./benchmark.ts";

/**
 * Runs the arms in turns, A B B A or B A A B by chance, so that a drift of the machine falls on
 * both alike; after one run of each that does not count.
 *
 * @param blocks of two pairs each; a comparison may want fewer.
 * @param onPair is told how many there are, and how many there will be.
 */
export async function interleaved(
  { arm, base, blocksMax = Number.POSITIVE_INFINITY }: Comparison,
  blocks: number,
  random: () => number,
  onPair: (done: number, of: number) => void = () => {},
): Promise<Pair[]> {
  await arm();
  await base();
  const pairs: Pair[] = [];
  const wanted = Math.min(blocks, blocksMax);
  for (let block = 0; block < wanted; block++) {
    const armFirst = random() < 0.5;
    for (const first of [armFirst, !armFirst]) {
      if (first) {
        const measured = await arm();
        pairs.push({ arm: measured, base: await base() });
      } else {
        const measured = await base();
        pairs.push({ arm: await arm(), base: measured });
      }
      onPair(pairs.length, 2 * wanted);
    }
  }
  return pairs;
}
