import { ablatedBy, NOTHING, OF_CARRYING } from "../ablation/ablations.ts";
import type { Benchmark, Pair, Stage } from "../benchmark.ts";
import type { RelayStage } from "../relay/relay-stage.ts";
import { type Carrier, floorCarrier, relayCarrier } from "./carrier.ts";
import { type Carried, capacityOf, lagOf } from "./lag-of.ts";
import { populate } from "./population.ts";

/** So many symbols a graph has before a run. */
const POPULATION = 20_000;

/** So much of what it can carry a relay is given. */
const LOAD = 0.5;

/**
 * How long a process is warmed up, in milliseconds: V8 goes on compiling a relay for its first ten
 * thousand entries, and is through with a floor of a hundred lines at once.
 */
const WARM_UP_MS = 15_000;

/** From the acknowledged commit to being visible, against the least that has to be done for it. */
export const lag: Benchmark = {
  name: "lag",
  about: "commit acknowledged → visible in Neo4j at half of capacity ÷ bare stream and transaction",

  async open(stage) {
    const capacity = await capacityOf(stage, populated(stage, relayCarrier));
    const rate = LOAD * capacity;
    stage.say(`lag: ${capacity.toFixed(0)} entries/s are carried at most; ${rate.toFixed(0)} now`);
    const without = (name: string): Carried =>
      populated(stage, (relays) => relayCarrier(relays, ablatedBy(name)));
    return {
      comparisons: [
        {
          name: "lag.p50",
          bar: { atMost: 1.3 },
          arm: () => lagOf(stage, rate, populated(stage, relayCarrier)),
          base: () => lagOf(stage, rate, populated(stage, floorCarrier)),
          further: [{ name: "lag.p99", bar: { atMost: 3 }, ratio: p99 }],
        },
        ...OF_CARRYING.map(({ name }) => ({
          name: `lag.ablation.${name}`,
          bar: { atLeast: 1.05 },
          blocksMax: 2,
          arm: () => lagOf(stage, rate, without(name)),
          base: () => lagOf(stage, rate, without(NOTHING)),
        })),
      ],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

function populated({ scale }: Stage, start: (stage: RelayStage) => Promise<Carrier>): Carried {
  return {
    earlier: POPULATION,
    warmUpMs: WARM_UP_MS * scale,
    async carrier(relays) {
      await populate(relays.graph.driver, POPULATION);
      return await start(relays);
    },
  };
}

function p99({ arm, base }: Pair): number {
  return (arm.notes?.["p99Ms"] ?? Number.NaN) / (base.notes?.["p99Ms"] ?? Number.NaN);
}
