import { expect, test } from "vitest";
import { Actor } from "./actor.ts";
import { heal } from "./heal.ts";
import { batchOf } from "./observer.ts";
import type { RunPlan } from "./plan.ts";
import { Random } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import { Trace } from "./trace.ts";
import { withVirtualGlobals } from "./virtual-globals.ts";
import { World } from "./world.ts";

const PLAN: RunPlan = {
  relays: 1,
  writers: 2,
  services: 0,
  leaseTtlMs: 2_000,
  batchRowsMax: 10,
  retentionMs: undefined,
  restMs: 20,
  calls: [],
  acts: [],
  restoresMongo: false,
};

test("a graph that is put back when all is applied counts as healed once the relay has noticed", async () => {
  const scheduler = new Scheduler();
  const random = new Random(1);
  await withVirtualGlobals(scheduler, random.fork(), async () => {
    const world = new World(PLAN, scheduler, random.fork(), new Trace(false));
    const actor = new Actor(world, PLAN, () => {});
    let batches: readonly bigint[] = [];
    const story = async (): Promise<void> => {
      world.relays.start(1);
      actor.makeGate();
      await world.clients.work(10);
      await heal(world, actor);
      const restore = world.graph.backup();
      await world.clients.work(10);
      await heal(world, actor);
      const before = batchOf(world.graph);
      restore();
      const behind = batchOf(world.graph);
      await heal(world, actor);
      batches = [behind, before, batchOf(world.graph)];
    };
    void story();
    await scheduler.run(() => batches.length > 0, 600_000);

    const [behind, before, after] = batches;
    expect(behind).toBeLessThan(before as bigint);
    expect(after).toBeGreaterThanOrEqual(before as bigint);
  });
});
