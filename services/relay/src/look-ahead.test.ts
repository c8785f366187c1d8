import { type EntryId, mergeNode, node } from "@outgraph/events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CallFailed } from "./call-failed.ts";
import { entryOf } from "./test/entries.ts";
import { MemoryWorld } from "./test/memory-relay.ts";

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
});

afterEach(() => world.end());

/** An entry that sets the name of one thing. */
function named(id: string, name: string): EntryId {
  return world.outbox.append(entryOf([mergeNode(node("Thing", { id }), { set: { name } })]));
}

/** How often a name was put into a plan. */
function planned(): (name: string) => number {
  const told = vi.spyOn(world.graph, "encode");
  return (name) => told.mock.calls.filter(([{ kind }]) => kind.value === name).length;
}

/** Does something while Neo4j works on the next batch. */
function whileCommitting(work: () => Promise<void>): void {
  world.graph.afterwards = async (call) => {
    if (call !== "commit") return;
    world.graph.afterwards = () => {};
    await work();
  };
}

const becomes = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await world.clock.sleep(10);
};

test("a full batch is planned, once, while Neo4j works on the one before", async () => {
  const times = planned();
  const ids = [named("t", "first")];
  whileCommitting(async () => {
    for (const name of ["a", "b", "c"]) ids.push(named(`t-${name}`, name));
    await becomes(() => times("c") === 1);
    expect(world.graph.applied).toEqual(ids.slice(0, 1));
  });

  const one = world.relay({ batchRowsMax: 3 });
  await world.acked(4);

  expect(world.graph.applied).toEqual(ids);
  expect(one.of("batch.applied").map(({ entries }) => entries)).toEqual([1, 3]);
  expect(times("c")).toBe(1);
});

test("what comes while Neo4j works goes together, as long as it fits", async () => {
  const ids = [named("t", "first")];
  whileCommitting(async () => {
    for (const name of ["a", "b", "c"]) {
      ids.push(named(`t-${name}`, name));
      await world.clock.sleep(100);
    }
  });

  const one = world.relay({ batchRowsMax: 4 });
  await world.acked(4);

  expect(world.graph.applied).toEqual(ids);
  expect(one.of("batch.applied").map(({ entries }) => entries)).toEqual([1, 3]);
});

test("an entry that was planned ahead waits when one before it is parked meanwhile", async () => {
  const times = planned();
  const ids: Record<string, EntryId> = { first: named("t", "first") };
  const append = (id: string, name: string): void => {
    ids[name] = named(id, name);
  };
  let rows = 0;
  world.graph.before = (call, batch) => {
    if (call !== "commit" || batch === undefined) return;
    rows = batch.plan.rows;
    if (!batch.entries.some((id) => id === ids["bad"])) return;
    throw new CallFailed({ kind: "poison", code: "Bad", message: "bad", cause: undefined });
  };
  whileCommitting(async () => {
    append("x", "bad");
    append("y", "good");
    await becomes(() => times("good") === 1);
    // What is parked of the next batch is parked before the rest of it commits.
    whileCommitting(() => becomes(() => times("behind") === 1));
    append("x", "behind");
    append("z", "free");
  });

  world.relay({ batchRowsMax: 2 });
  await world.acked(3);

  expect(world.graph.applied).toEqual([ids["first"], ids["good"], ids["free"]]);
  expect(rows).toBe(1);
  expect([...world.outbox.parked]).toEqual([ids["bad"], ids["behind"]]);
});
