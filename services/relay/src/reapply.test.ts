import type { EntryId } from "@outgraph/events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CallFailed } from "./call-failed.ts";
import { rangesOf } from "./lacking.ts";
import { canary } from "./test/entries.ts";
import { IMPOSSIBLE } from "./test/memory-graph.ts";
import { broken } from "./test/memory-outbox.ts";
import { MemoryWorld } from "./test/memory-relay.ts";

let world: MemoryWorld;
beforeEach(() => {
  world = new MemoryWorld();
});
afterEach(() => world.end());

const append = (count: number): EntryId[] =>
  Array.from({ length: count }, () => world.outbox.append(canary()));

/** A relay carries entries, one a batch, and stops; the graph is then as it was after `kept` of them. */
async function putBack(all: number, kept: number): Promise<EntryId[]> {
  const ids = append(kept);
  const first = world.relay({ batchRowsMax: 1 });
  await world.acked(kept);
  const restore = world.graph.backup();
  ids.push(...append(all - kept));
  await world.acked(all);
  await first.stop();
  restore();
  return ids;
}

/** The ring of the graph and the acks, as text. */
async function ring(): Promise<string> {
  const journal = await world.graph.readJournal();
  return JSON.stringify([...(journal?.ring ?? [])].map(([batch, ids]) => [`${batch}`, ids]).sort());
}

describe("a graph that was put back to an older state", () => {
  test.each([0, 3, 29])(
    "has the same again, when it was put back to %d of 30 batches",
    async (kept) => {
      const ids = await putBack(30, kept);
      const acksBefore = structuredClone([...world.outbox.acks.values()]);

      const two = world.relay({ holder: "two" });
      await two.until("reapply.done");
      expect(world.graph.applied).toEqual(ids);
      expect((await world.graph.readJournal())?.batch).toBe(30n);
      expect([...world.outbox.acks.values()]).toEqual(acksBefore);
      expect(world.outbox.reapplying).toMatchObject({ after: undefined });

      ids.push(...append(3));
      await world.acked(33);
      expect(world.graph.applied).toEqual(ids);
      expect(world.ackedEntries()).toEqual(ids);
      expect(two.of("term.ended")).toEqual([]);
    },
  );

  test("is brought up again with the same entries under the same numbers", async () => {
    append(40);
    const empty = world.graph.backup();
    const first = world.relay({ batchRowsMax: 7 });
    await world.acked(40);
    await first.stop();
    const before = await ring();
    empty();

    await world.relay({ holder: "two", batchRowsMax: 3 }).until("reapply.done");

    expect(await ring()).toBe(before);
  });

  test("has nothing of what waits before all of the old is in it again", async () => {
    const ids = await putBack(10, 2);
    const waiting = append(5);
    let late: EntryId[] = [];
    world.graph.before = (call, batch) => {
      if (call !== "commit" || batch?.number !== 5n) return;
      world.graph.before = () => {};
      late = append(2);
    };

    world.relay({ holder: "two", batchRowsMax: 100 });
    await world.acked(17);

    expect(world.graph.applied).toEqual([...ids, ...waiting, ...late]);
  });

  test("goes on where it was, when the relay is cut short in the middle", async () => {
    const ids = await putBack(20, 3);
    world.graph.before = (call, batch) => {
      // The lane is another's: the term ends, as it does by a kill.
      if (call === "commit" && (batch?.number ?? 0n) > 11n) throw broken("away");
    };
    const two = world.relay({ holder: "two" });
    await two.until("task.waiting");
    await two.stop();
    expect(world.graph.applied).toEqual(ids.slice(0, 11));
    world.graph.before = () => {};

    const three = world.relay({ holder: "three" });
    await three.until("reapply.done");

    expect(three.of("reapply.began")).toEqual([{ from: 12n, to: 20n }]);
    expect(world.graph.applied).toEqual(ids);
  });

  test("outlives a server that stalls, so that transactions run out of their time", async () => {
    const ids = await putBack(6, 1);
    let stalls = 4;
    world.graph.before = (call, batch) => {
      if (call !== "commit" || batch?.number !== 3n || stalls === 0) return;
      stalls -= 1;
      const message = "the transaction has been terminated";
      throw new CallFailed({ kind: "too_big", code: "TimedOut", message, cause: undefined });
    };

    await world.relay({ holder: "two" }).until("reapply.done");

    expect(stalls).toBe(0);
    expect(world.graph.applied).toEqual(ids);
  });

  test("halts when a batch runs out of its time again and again", async () => {
    await putBack(6, 1);
    world.graph.before = (call, batch) => {
      if (call !== "commit" || batch?.number !== 3n) return;
      const message = "the transaction has been terminated";
      throw new CallFailed({ kind: "too_big", code: "TimedOut", message, cause: undefined });
    };

    const ended = await world.relay({ holder: "two" }).ended();

    expect(ended).toMatchObject({ kind: "halted", why: expect.stringContaining("batch 3") });
  });

  test("outlives passing failures and lost replies, and applies nothing twice", async () => {
    const ids = await putBack(12, 0);
    let calls = 0;
    const sometimes = (): void => {
      calls += 1;
      if (calls % 3 === 0) throw broken("now and then");
    };
    world.graph.before = sometimes;
    world.graph.afterwards = (call) => (call === "commit" ? sometimes() : undefined);
    world.outbox.before = (call) => (call === "acksOf" ? sometimes() : undefined);

    await world.relay({ holder: "two" }).until("reapply.done");

    expect(world.graph.applied).toEqual(ids);
  });

  test("stays as it is when entries were purged, and the halt names the batches", async () => {
    const ids = await putBack(12, 2);
    world.outbox.purge([ids[1], ids[3], ids[4], ids[8]] as EntryId[]);

    const ended = await world.relay({ holder: "two" }).ended();

    expect(ended).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/lacks batches 3 to 12, .* of batches 4 to 5, 9 are not/),
    });
    expect(world.graph.applied).toEqual(ids.slice(0, 2));
    expect(world.outbox.reapplying).toMatchObject({ after: 2n });
  });

  test("stays as it is when acks were purged", async () => {
    const ids = await putBack(12, 0);
    world.outbox.acks.delete(1n as never);
    world.outbox.acks.delete(2n as never);

    const ended = await world.relay({ holder: "two" }).ended();

    expect(ended).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/of batches 1 to 2 /),
    });
    expect(world.graph.applied).toEqual([]);
    expect(ids).toHaveLength(12);
  });

  test("halts at a batch that cannot be applied again, and names it", async () => {
    const ids = await putBack(9, 2);
    const poison = { kind: "poison", code: "Test", message: "no", cause: undefined } as const;
    world.graph.before = (call, batch) => {
      if (call !== "commit" || batch?.number !== 6n) return;
      throw new CallFailed(poison, IMPOSSIBLE);
    };

    const ended = await world.relay({ holder: "two" }).ended();

    expect(ended).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/batch 6 cannot be applied again/),
    });
    expect(world.graph.applied).toEqual(ids.slice(0, 5));
    expect(world.outbox.parked.size).toBe(0);
  });

  test("is said while it lasts, and that it is over, also when the newer graph comes back", async () => {
    const ids = append(5);
    const first = world.relay({ batchRowsMax: 1 });
    const empty = world.graph.backup();
    await world.acked(5);
    await first.stop();
    const newer = world.graph.backup();
    empty();
    world.outbox.purge(ids.slice(0, 1));
    await world.relay({ holder: "two" }).ended();
    expect(world.outbox.reapplying).toEqual({ epoch: 2n, after: 0n });

    newer();
    const three = world.relay({ holder: "three" });
    await three.until("walk.done");

    expect(world.outbox.reapplying).toEqual({ epoch: 3n, after: undefined });
  });
});

describe("a graph that is put back under a running relay", () => {
  test.each(["older", "empty"])(
    "to an %s one is brought up again, and the relay goes on",
    async (how) => {
      const empty = world.graph.backup();
      const ids = append(4);
      const one = world.relay({ batchRowsMax: 1 });
      await world.acked(4);
      const older = world.graph.backup();
      ids.push(...append(8));
      await world.acked(12);
      if (how === "older") older();
      else empty();

      ids.push(...append(3));
      await world.acked(15);

      expect(world.graph.applied).toEqual(ids);
      expect(world.ackedEntries()).toEqual(ids);
      expect(one.of("term.ended")).toMatchObject([{ kind: "broken_off" }]);
      expect(one.of("reapply.began")).toMatchObject([{ from: how === "older" ? 5n : 1n, to: 12n }]);
      expect(one.of("halted")).toEqual([]);
    },
  );

  test("is noticed when nothing is to be committed, too", async () => {
    const empty = world.graph.backup();
    const ids = append(6);
    const one = world.relay({ batchRowsMax: 1 });
    await world.acked(6);
    const before = await ring();
    empty();

    await one.until("reapply.done");

    expect(world.graph.applied).toEqual(ids);
    expect(await ring()).toBe(before);
    expect(one.of("halted")).toEqual([]);
  });

  test("again while it is brought up, is brought up from there", async () => {
    const ids = await putBack(14, 3);
    const older = world.graph.backup();
    world.graph.before = (call, batch) => {
      if (call !== "commit" || batch?.number !== 9n) return;
      world.graph.before = () => {};
      older();
    };

    await world.relay({ holder: "two" }).until("reapply.done");

    expect(world.graph.applied).toEqual(ids);
  });
});

test("batches that follow one another are named together", () => {
  expect(rangesOf([1n, 2n, 3n, 7n, 9n, 10n])).toBe("1 to 3, 7, 9 to 10");
  expect(rangesOf(Array.from({ length: 30 }, (_, i) => BigInt(2 * i)))).toMatch(/38 and more$/);
});
