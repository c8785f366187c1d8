import { RING_SIZE } from "@outgraph/relay/test";
import type { Violation } from "../invariants/index.ts";
import type { Actor } from "./actor.ts";
import { snapshotOf } from "./observer.ts";
import type { World } from "./world.ts";

/** How long a relay may take to notice, in milliseconds. */
const NOTICE_MS = 60_000;

/**
 * Puts MongoDB back to an older state, and looks what a relay makes of it: where batches are gone that
 * the graph has, it must halt, and apply nothing.
 */
export async function mongoRestoreViolations(world: World, actor: Actor): Promise<Violation[]> {
  const { outbox, graph, relays, environment } = world;
  const { scheduler, faults } = environment;
  const before = snapshotOf(graph);
  if (actor.restoreMongo === undefined || before === undefined) return [];
  actor.restoreMongo();
  faults.happened("restore mongodb", "mongodb");
  const newest = [...outbox.acks.keys()].reduce((a, b) => (a > b ? a : b), 0n);
  const isLost = BigInt(before.batch) - RING_SIZE > newest;
  relays.resume(1);
  const until = scheduler.now + NOTICE_MS;
  while (scheduler.now < until && relays.halts.length === 0) await scheduler.sleep(500);
  const violations: Violation[] = [];
  const halted = relays.halts.some((why) => why.includes("MongoDB was restored"));
  if (isLost && !halted) {
    const what = `MongoDB was put back from batch ${before.batch} to ${newest}, and no relay halted`;
    violations.push({ invariant: "restored-mongodb", what });
  }
  if (isLost && snapshotOf(graph)?.batch !== before.batch) {
    violations.push({ invariant: "restored-mongodb", what: "a relay went on all the same" });
  }
  await relays.stop();
  return violations;
}
