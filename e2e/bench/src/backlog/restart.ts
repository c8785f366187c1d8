import { setTimeout as pause } from "node:timers/promises";
import { META_ID, outboxCollections } from "@outgraph/outbox";
import type { Db } from "mongodb";
import type { Driver } from "neo4j-driver";
import type { Benchmark, Measured, Stage } from "../benchmark.ts";
import { relayStage } from "../relay/relay-stage.ts";
import { Backlog } from "./backlog.ts";
import { type Lane, laneOf } from "./journal.ts";
import { waitingOn } from "./waiting.ts";

const PENDING = 100_000;
/** So many are carried at least before the end comes, so that it comes in the midst of work. */
const CARRIED_BEFORE = 2_000;
/** A few batches more may be, before it is noticed. */
const MARGIN = 30_000;

const LOOK_EVERY_MS = 5;

/** How soon a relay that was killed and started again goes on, beyond the lease that it had left. */
export const restart: Benchmark = {
  name: "restart",
  about: "SIGKILL + restart with 100,000 pending → first new batch, in seconds beyond the lease",

  async open(stage) {
    return {
      comparisons: [
        {
          name: "restart",
          bar: { atMost: 2 },
          arm: () => restarted(stage),
          base: async () => ({ value: 1, unit: "s" }), // so that the ratio is so many seconds
          blocksMax: 2,
        },
      ],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

async function restarted(stage: Stage): Promise<Measured> {
  await using relays = await relayStage(stage);
  const { relay, graph, meter } = relays;
  const { backlog, acked } = waitingOn(relays);
  const pending = PENDING * stage.scale;
  await relay.start();
  await relay.pause();
  await backlog.fillTo(pending + CARRIED_BEFORE + MARGIN);
  await relay.resume();
  await acked.until(CARRIED_BEFORE);

  await relay.kill();
  const killedAt = Date.now();
  const leaseEndsAt = await leaseEnd(relay.db);
  const lane = await laneOf(graph.driver);
  const [{ fencedAt, wentOnAt }] = await Promise.all([
    firstNewBatch(graph.driver, lane),
    relay.launch(),
  ]);

  const waited = backlog.entries - (await acked.untilBatch(lane.batch));
  if (waited < pending) throw new Error(`${waited} entries were pending, and not ${pending}`);
  const used = meter();
  await acked.until(backlog.entries);
  await graph.mustBe(Backlog.graphOf(0, backlog.entries));
  return {
    value: (wentOnAt - leaseEndsAt) / 1_000,
    unit: "s beyond the lease",
    notes: {
      sinceKillS: (wentOnAt - killedAt) / 1_000,
      fenceBeyondLeaseS: (fencedAt - leaseEndsAt) / 1_000,
      ...used(waited),
    },
  };
}

/** When the lease ends, by the server's clock, which is this machine's. */
async function leaseEnd(db: Db): Promise<number> {
  const lease = await outboxCollections(db).meta.findOne({ _id: META_ID.lease });
  if (lease === null || !("expiresAt" in lease)) throw new Error("the outbox has no lease");
  return lease.expiresAt.getTime();
}

/** When a new epoch's fence, and its first batch, were seen in the graph, in milliseconds since 1970. */
async function firstNewBatch(
  driver: Driver,
  before: Lane,
): Promise<{ readonly fencedAt: number; readonly wentOnAt: number }> {
  let fenced: { readonly batch: bigint; readonly at: number } | undefined;
  for (;;) {
    const { epoch, batch } = await laneOf(driver);
    const now = Date.now();
    if (fenced === undefined && epoch > before.epoch) fenced = { batch, at: now };
    if (fenced !== undefined && batch > fenced.batch) return { fencedAt: fenced.at, wentOnAt: now };
    await pause(LOOK_EVERY_MS);
  }
}
