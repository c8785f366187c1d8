import { META_ID } from "@outgraph/outbox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { epoch } from "../../lane.ts";
import { RealOutbox } from "../../test/real-outbox.ts";
import { guarded } from "./guarded.ts";

let real: RealOutbox;
beforeEach(async () => {
  real = await RealOutbox.make();
  await real.adapter().takeLease("one", 60_000);
});
afterEach(() => real[Symbol.asyncDispose]());

const one = epoch(1n);
const parkedCount = (): Promise<number> => real.collections.parked.countDocuments();
const park = { kind: "blocked", note: "test" } as never;

test("a renewal of the lease in the midst of it is no failure", async () => {
  const adapter = real.adapter();
  let runs = 0;

  const done = await guarded(real.collections, one, async (session) => {
    runs += 1;
    await real.collections.parked.insertOne(park, { session });
    if (runs === 1) expect(await adapter.renewLease("one", one, 60_000)).toBe(true);
  });

  expect(done).toBe(true);
  expect(runs).toBe(2);
  expect(await parkedCount()).toBe(1);
});

test("a take-over in the midst of it leaves nothing", async () => {
  const adapter = real.adapter();
  await adapter.renewLease("one", one, 0);
  let taken = false;

  const done = await guarded(real.collections, one, async (session) => {
    await real.collections.parked.insertOne(park, { session });
    if (!taken)
      await real
        .adapter()
        .takeLease("two", 60_000)
        .catch(() => {});
    taken = true;
  }).catch(() => false);

  expect(done).toBe(false);
  expect(await parkedCount()).toBe(0);
});

test("what a dead owner left open is ended by who takes over, at once", async () => {
  await real.adapter().renewLease("one", one, 0);
  const locked = Promise.withResolvers<void>();
  const dead = guarded(real.collections, one, async (session) => {
    await real.collections.meta.updateOne(
      { _id: META_ID.lease },
      { $set: { holder: "one" }, $inc: { guarded: 1n } as never },
      { session },
    );
    locked.resolve();
    await new Promise(() => {}); // it never comes back
  });
  dead.catch(() => {});
  await locked.promise;

  const answer = await real.adapter().takeLease("two", 60_000);

  expect(answer).toEqual({ kind: "granted", epoch: 2n });
}, 30_000);
