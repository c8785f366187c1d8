import { type EntryId, entryIdFor, entryIdTime } from "@outgraph/events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CallFailed } from "./call-failed.ts";
import type { PurgePort } from "./purge-port.ts";
import { canary, entryOf } from "./test/entries.ts";
import { MemoryWorld } from "./test/memory-relay.ts";

const RETENTION = 60_000; // shorter than users may say, so that little time has to pass
const OPTIONS = { batchRowsMax: 1, retentionMs: RETENTION };

let world: MemoryWorld;
let purging: MemoryWorld["outbox"]["purging"];
beforeEach(() => {
  world = new MemoryWorld();
  ({ purging } = world.outbox);
  keepWatch();
});
afterEach(() => world.end());

/** Sees, before and after every call, that nothing is gone which a retry would append again. */
function keepWatch(): void {
  const see = (): void => {
    const stored = new Set(world.outbox.stored.map(({ id }) => id));
    for (const id of written) {
      if (!stored.has(id)) expect(entryIdTime(id)).toBeLessThanOrEqual(purging.horizonMs);
    }
  };
  const written: EntryId[] = [];
  const commit = world.outbox.commit.bind(world.outbox);
  world.outbox.commit = (stored) => {
    written.push(stored.id);
    return commit(stored);
  };
  purging.before = see;
  purging.afterwards = see;
}

let count = 0;
/** Ids that carry the server's time, or one so much later. */
const append = (entries: number, aheadMs = 0): EntryId[] =>
  Array.from({ length: entries }, () => {
    count += 1;
    const id = entryIdFor(new Date(world.clock.wall() + aheadMs), `${count}`);
    return world.outbox.append(canary(id));
  });
const stored = (): EntryId[] => world.outbox.stored.map(({ id }) => id);

async function until(condition: () => boolean): Promise<void> {
  await world.clock.until(
    (async () => {
      while (!condition()) await world.clock.sleep(1_000);
    })(),
  );
}

test("what is older than the retention goes, but for the newest eight batches", async () => {
  const ids = append(12);
  const one = world.relay(OPTIONS);
  await world.acked(12);

  await until(() => stored().length === 8);
  await world.clock.advance(3 * RETENTION);

  expect(stored()).toEqual(ids.slice(4));
  expect([...world.outbox.acks.keys()]).toEqual([5n, 6n, 7n, 8n, 9n, 10n, 11n, 12n]);
  expect(purging.retentionMs).toBe(RETENTION);
  await one.stop();
});

test("nothing younger than the retention goes", async () => {
  const ids = append(12);
  world.relay(OPTIONS);
  await world.acked(12);

  await world.clock.advance(RETENTION - 5_000);

  expect(stored()).toEqual(ids);
  expect(purging.horizonMs).toBe(-1);
});

test("an id dated ahead of the clock stays until its time, and raises no horizon until then", async () => {
  const [ahead] = append(1, 5 * RETENTION);
  append(11);
  world.relay(OPTIONS);
  await world.acked(12);

  await until(() => stored().length === 9);
  expect(stored()[0]).toBe(ahead);
  expect(purging.horizonMs).toBeLessThan(world.clock.wall());
  expect([...world.outbox.acks.keys()]).toHaveLength(9);

  await world.clock.advance(5 * RETENTION + 30_000);
  expect(stored()).toHaveLength(8);
  expect(purging.horizonMs).toBe(entryIdTime(ahead!));
});

test("parked entries stay, and a skipped one goes while its skip stays", async () => {
  // Two that conflict with none of the others.
  const [parked, skipped] = [0, 1].map((n) => {
    const id = entryIdFor(new Date(world.clock.wall()), `aside ${n}`);
    return world.outbox.append(entryOf([], id));
  });
  world.outbox.parked.add(parked!).add(skipped!);
  purging.skip(skipped!);
  append(12);
  world.relay(OPTIONS);
  await world.acked(12);

  await until(() => stored().length === 9);
  await world.clock.advance(RETENTION);

  expect(stored()[0]).toBe(parked);
  expect([...world.outbox.parked]).toEqual([parked]);
  expect(purging.skips.map(({ entry }) => entry)).toEqual([skipped]);
});

describe("cut short", () => {
  const calls: (keyof PurgePort)[] = ["setRetention", "oldAcks", "raisePurgeHorizon", "purge"];
  const moments = calls.flatMap((call) =>
    (["before", "afterwards"] as const).map((when) => ({ when, call })),
  );

  test.each(moments)("$when $call, the next term goes on", async ({ when, call }) => {
    append(14);
    const see = purging[when];
    let cut = false;
    purging[when] = (name) => {
      see(name);
      if (name !== call || cut) return;
      cut = true;
      // As a process that died: this term is over, and another begins.
      throw new CallFailed({ kind: "fenced", code: "Cut", message: "cut", cause: undefined });
    };
    const one = world.relay(OPTIONS);
    await world.acked(14);

    await until(() => stored().length === 8 && world.outbox.acks.size === 8);

    expect(cut).toBe(call !== "oldAcks" || when === "before");
    expect(world.graph.applied).toHaveLength(14);
    expect(one.of("term.ended")).toHaveLength(cut ? 1 : 0);
    await one.stop();
  });
});

test("a call that fails in passing is repeated, and nothing else notices", async () => {
  append(12);
  const see = purging.afterwards;
  let failures = 3;
  purging.afterwards = (name) => {
    see(name);
    if (name !== "purge" || failures === 0) return;
    failures -= 1;
    throw new CallFailed({ kind: "transient", code: "Lost", message: "lost", cause: undefined });
  };
  const one = world.relay(OPTIONS);
  await world.acked(12);

  await until(() => stored().length === 8);

  expect(failures).toBe(0);
  expect(one.of("term.ended")).toEqual([]);
});

test("a graph that was put back under an idle relay is noticed before anything is purged", async () => {
  const restore = world.graph.backup();
  const ids = append(12);
  const one = world.relay(OPTIONS);
  await world.acked(12);
  restore();

  const ended = await one.until("term.ended");

  expect(ended).toMatchObject({ kind: "broken_off", why: expect.stringContaining("put back") });
  expect(stored()).toEqual(ids);
  await until(() => world.graph.applied.length === 12);
});

test("what is old stays while the graph lacks it, however soon the purge comes to it", async () => {
  const restore = world.graph.backup();
  const ids = append(12);
  const first = world.relay(OPTIONS);
  await world.acked(12);
  await first.stop();
  await world.clock.advance(2 * RETENTION);
  const one = world.relay(OPTIONS);
  await one.until("walk.done");
  restore(); // sooner than an idle relay looks at the journal

  await one.until("term.ended");

  expect(stored()).toEqual(ids);
});

test("a start is not purged into: the walk comes first", async () => {
  append(12);
  const first = world.relay(OPTIONS);
  await world.acked(12);
  await first.stop();
  await world.clock.advance(2 * RETENTION);
  const calls: string[] = [];
  const see = purging.before;
  purging.before = (name) => {
    see(name);
    calls.push(name);
  };
  let walking = true;
  world.outbox.before = async (call) => {
    if (call === "read" && walking) await world.clock.sleep(2 * RETENTION);
  };

  const one = world.relay(OPTIONS);
  await one.until("walk.done");
  expect(calls).toEqual(["setRetention"]);
  walking = false;
  await until(() => stored().length === 8);
});

test("another relay's epoch ends it", async () => {
  append(12);
  const one = world.relay({ ...OPTIONS, leaseTtlMs: 300_000 });
  await world.acked(12);
  const before = stored();
  purging.before = (call) => {
    // The lease ran out unnoticed, and another has it: nothing but the epoch tells.
    if (call === "raisePurgeHorizon") stealLease();
  };
  let stolen = false;
  const stealLease = (): void => {
    if (stolen) return;
    stolen = true;
    world.outbox.usurp();
  };

  const ended = await one.until("term.ended");

  expect(ended).toMatchObject({ kind: "stepped_down" });
  expect(stored()).toEqual(before);
  expect(purging.horizonMs).toBe(-1);
});
