import { fileURLToPath } from "node:url";
import { type EntryDocument, outboxCollections } from "@outgraph/outbox";
import { AckedCount } from "../backlog/acked-count.ts";
import type { Benchmark, Measured, Pair, Stage } from "../benchmark.ts";
import type { RelayStage } from "../relay/relay-stage.ts";
import { type Carrier, carrierOf } from "./carrier.ts";
import { type Carried, capacityOf, lagOf } from "./lag-of.ts";

/** An ordinary relay, but that one may say less of a retention to it than a user may: see there. */
const RELAY = fileURLToPath(
  new URL("../../../../services/relay/src/test/crashing-relay.ts", import.meta.url),
);
/** Whatever is acked may go at once, the newest eight batches aside. */
const AT_ONCE = { OUTGRAPH_TEST_RETENTION_HOURS: "0" };

/** So much of what it can carry a relay is given. */
const LOAD = 0.5;

/** What the purge costs those who wait for their entries. */
export const purge: Benchmark = {
  name: "purge",
  about: "lag p99 at half of capacity while a relay purges ÷ while it does not",

  async open(stage) {
    const earlier = Math.round(30_000 * stage.scale);
    const keeping: Carried = { earlier, carrier: (relays, them) => started(relays, them, {}) };
    const purging: Carried = {
      earlier,
      carrier: (relays, them) => started(relays, them, AT_ONCE),
      during: purged,
    };
    const rate = LOAD * (await capacityOf(stage, keeping));
    stage.say(`purge: ${rate.toFixed(0)} entries/s`);
    return {
      comparisons: [
        {
          name: "purge",
          bar: { atMost: 1.25 },
          arm: () => p99(stage, rate, purging),
          base: () => p99(stage, rate, keeping),
          further: [{ name: "purge.p50", bar: undefined, ratio: p50 }],
          blocksMax: 3,
        },
      ],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

async function p99(stage: Stage, rate: number, carried: Carried): Promise<Measured> {
  const { value: p50Ms, notes } = await lagOf(stage, rate, carried);
  return { value: notes?.["p99Ms"] ?? Number.NaN, unit: "ms at p99", notes: { ...notes, p50Ms } };
}

function p50({ arm, base }: Pair): number {
  return (arm.notes?.["p50Ms"] ?? Number.NaN) / (base.notes?.["p50Ms"] ?? Number.NaN);
}

/** A relay over an outbox with applied entries: those that a purge is to find. */
async function started(
  { relay }: RelayStage,
  earlier: readonly EntryDocument[],
  env: Readonly<Record<string, string>>,
): Promise<Carrier> {
  await relay.start({}, RELAY); // its retention is the default: it keeps everything
  await outboxCollections(relay.db).entries.insertMany([...earlier]);
  await new AckedCount(relay.db).until(earlier.length);
  await relay.start(env, RELAY);
  return carrierOf(relay);
}

/**
 * From now on: how much the purge deletes while so many entries are appended.
 *
 * @throws Error when it deleted nothing, or when at the end nothing was left of what was there before,
 *   so that for a part of the time there may have been nothing to delete.
 */
async function purged(
  { relay: { db } }: RelayStage,
  earlier: readonly EntryDocument[],
): Promise<(appended: number) => Promise<{ purgedEntries: number; leftEntries: number }>> {
  const { entries } = outboxCollections(db);
  const before = await entries.estimatedDocumentCount();
  return async (appended) => {
    const purgedEntries = before + appended - (await entries.estimatedDocumentCount());
    const ids = earlier.map(({ _id }) => _id);
    const leftEntries = await entries.countDocuments({ _id: { $in: ids } });
    if (purgedEntries > 0 && leftEntries > 0) return { purgedEntries, leftEntries };
    throw new Error(`the purge deleted ${purgedEntries} entries, and left ${leftEntries} old ones`);
  };
}
