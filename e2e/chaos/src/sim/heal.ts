import type { Healing } from "../truth/evidence.ts";
import type { Actor } from "./actor.ts";
import { batchOf } from "./observer.ts";
import type { World } from "./world.ts";

/** How long it may take until nothing is pending, once nothing goes wrong any more, in milliseconds. */
const BOUND_MS = 120_000;

/** Between two looks, and between two orders of whoever looks after what is parked, in milliseconds. */
const LOOK_MS = 250;
const ORDER_MS = 3_000;

/** How long planned faults are given to happen, in milliseconds. */
const FAULTS_MS = 300_000;

/** Lets the last faults happen, has everything that is parked retried or skipped, and waits until nothing is left. */
export async function heal(world: World, actor: Actor): Promise<Healing> {
  const { environment, relays, outbox, undecided } = world;
  const { scheduler, faults } = environment;
  const limit = scheduler.now + FAULTS_MS;
  let from = scheduler.now;
  let orderAt = scheduler.now + ORDER_MS;
  let orders = 0;
  for (;;) {
    await scheduler.sleep(LOOK_MS);
    const isQuiet = faults.waiting.length === 0 || scheduler.now > limit;
    const isEmpty = undecided.size === 0 && outbox.parked.size === 0 && hasAllAcked(world);
    if (isQuiet && isEmpty) return { drainedMs: scheduler.now - from, boundMs: BOUND_MS };
    if (isQuiet && scheduler.now - from > BOUND_MS) {
      return { drainedMs: undefined, boundMs: BOUND_MS };
    }
    if (scheduler.now < orderAt) continue;
    orderAt = scheduler.now + ORDER_MS;
    orders += 1;
    if (!isQuiet) {
      from = scheduler.now;
      await provoke(world, actor, orders);
    }
    relays.order({ kind: "resume" });
    relays.order({ kind: "retry_all" });
    if (orders < 2) continue;
    for (const { id, kind } of outbox.parking.asides) {
      if (kind === "parked") {
        relays.order({ kind: "skip", entry: id, reason: "hopeless", by: "the end" });
      }
    }
  }
}

/** Whether the graph has all that is acked: one that was put back lacks some, until a relay notices. */
function hasAllAcked({ graph, outbox }: World): boolean {
  let newest = 0n;
  for (const batch of outbox.acks.keys()) if (batch > newest) newest = batch;
  return newest <= batchOf(graph);
}

/** Makes the calls happen that planned faults wait for. */
async function provoke({ environment, clients }: World, actor: Actor, round: number) {
  const { scheduler, faults } = environment;
  const waits = (...beginnings: readonly string[]): boolean =>
    faults.waiting.some(({ call }) => beginnings.some((each) => call.startsWith(each)));
  await clients.append(clients.operations.plain(scheduler.now));
  if (waits("parking")) await clients.append(clients.operations.poison(scheduler.now));
  if (waits("mongo")) await clients.work(5);
  if (waits("outbox", "reading", "graph", "parking") && round % 3 === 0) actor.killOwner();
}
