import type { Benchmark, Pair, Stage } from "./benchmark.ts";
import { interleaved } from "./interleave.ts";
import { bootstrap, medianOf } from "./interval.ts";
import type { Result } from "./results.ts";
import { line } from "./verdict.ts";

/** How a benchmark is run. */
export interface Running {
  /** Of two pairs each. */
  readonly blocks: number;
  /** Comparisons with another name are left out. */
  readonly only: RegExp;
}

/** Runs the comparisons of a benchmark, and prints a line for each figure. */
export async function run(
  benchmark: Benchmark,
  stage: Stage,
  { blocks, only }: Running,
): Promise<Result[]> {
  stage.say(`${benchmark.name}: ${benchmark.about}`);
  await using opened = await benchmark.open(stage);
  const results: Result[] = [];
  for (const comparison of opened.comparisons) {
    if (!only.test(comparison.name)) continue;
    stage.say(`${comparison.name}: a run of each that does not count`);
    const pairs = await interleaved(comparison, blocks, Math.random, (done, of) =>
      stage.say(`${comparison.name}: pair ${done} of ${of}`),
    );
    const ratio = ({ arm, base }: Pair): number => arm.value / base.value;
    const figures = [{ name: comparison.name, bar: comparison.bar, ratio }];
    for (const { name, bar, ratio } of [...figures, ...(comparison.further ?? [])]) {
      const ratios = pairs.map(ratio);
      const interval = bootstrap(ratios, Math.random);
      const runs = name === comparison.name ? { pairs } : {};
      results.push({ name, bar, ratio: interval, ratios, ...runs });
      console.log(line(name, interval, bar));
    }
    for (const side of ["arm", "base"] as const) {
      const values = pairs.map((pair) => pair[side].value);
      stage.say(`  ${side}: ${medianOf(values).toFixed(1)} ${pairs[0]?.[side].unit}`);
    }
  }
  return results;
}
