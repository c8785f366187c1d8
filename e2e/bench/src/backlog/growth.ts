import type { Benchmark, Measured, Pair, Stage } from "../benchmark.ts";
import { relayStage } from "../relay/relay-stage.ts";
import { drainRate } from "./drain-rate.ts";
import { drainWhole } from "./drain-whole.ts";
import { standing, waitingOn } from "./waiting.ts";

const FEW = 10_000;
const MANY = 1_000_000;
/** With `--quick`. */
const MANY_QUICK = 100_000;

/** The most memory that a relay may take, in MiB. */
const MEMORY = { atMost: 300 } as const;

/** How fast a relay drains, and how much memory it takes, with much to drain and with little. */
export const growth: Benchmark = {
  name: "growth",
  about: "drain rate at 1,000,000 pending ÷ at 10,000; a relay's memory at both, in MiB",

  async open(stage) {
    const many = stage.scale < 1 ? MANY_QUICK : MANY;
    stage.say(`growth: ${many} entries are drained to the last, then others are put in`);
    const whole = await drainWhole(stage, many);
    const left = await standing(stage, many);
    const peak = ({ notes }: Measured): number => notes?.["relayPeakMiB"] ?? Number.NaN;
    return {
      comparisons: [
        {
          name: "growth",
          bar: { atLeast: 0.95 },
          arm: () => left.turn((waiting) => drainRate(waiting, many)),
          base: () => atFew(stage),
          further: [
            { name: "growth.whole", bar: undefined, ratio: ({ base }) => whole.value / base.value },
            {
              name: "growth.memory",
              bar: MEMORY,
              ratio: ({ arm }: Pair) => Math.max(peak(whole), peak(arm)),
            },
            { name: "growth.memory.few", bar: MEMORY, ratio: ({ base }: Pair) => peak(base) },
          ],
        },
      ],
      [Symbol.asyncDispose]: () => left[Symbol.asyncDispose](),
    };
  },
};

async function atFew(stage: Stage): Promise<Measured> {
  await using relays = await relayStage(stage);
  return await drainRate(waitingOn(relays), FEW);
}
