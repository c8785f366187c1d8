import { type EntryId, entryIdFor, newEntryId } from "@outgraph/events";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EntryStates, StateListener } from "../ports.ts";

/** States, and the hand of the relay. */
export interface StatesUnderTest {
  readonly states: EntryStates;
  /** Commits an entry. */
  store(id?: EntryId): Promise<EntryId>;
  /** Acks them as one batch; `bookmark` is Neo4j's. */
  apply(ids: readonly EntryId[], bookmark?: string): Promise<void>;
  skip(id: EntryId, reason: string): Promise<void>;
  park(id: EntryId, error: string): Promise<void>;
  block(id: EntryId, behind: EntryId): Promise<void>;
  unpark(id: EntryId): Promise<void>;
  /** Says, as the relay does, that the graph was emptied, or that it has caught up again. */
  emptied(emptied: boolean): Promise<void>;
  /** Raises the purge horizon to the id's time, then deletes the entry. */
  purge(id: EntryId): Promise<void>;
}

/** What every `EntryStates` promises. */
export function entryStatesContract(given: () => Promise<StatesUnderTest>): void {
  let it: StatesUnderTest;
  let stop: AbortController;
  let watching: Promise<void> | undefined;
  beforeEach(async () => {
    it = await given();
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await watching;
  });

  const stateOf = async (id: EntryId) => (await it.states.progress([id])).get(id);

  test("every state is read for what it is", async () => {
    const [pending, applied, skipped, parked, blocked] = (await Promise.all(
      Array.from({ length: 5 }, () => it.store()),
    )) as [EntryId, EntryId, EntryId, EntryId, EntryId];
    const unseen = newEntryId();
    await it.apply([applied], "bookmark-1");
    await it.skip(skipped, "wrong twice");
    await it.park(parked, "no such end");
    await it.block(blocked, parked);

    const all = [pending, applied, skipped, parked, blocked, unseen];
    const known = await it.states.progress(all);

    expect(all.map((id) => known.get(id))).toMatchObject([
      { state: "pending" },
      { state: "applied", bookmark: "bookmark-1", ackedAt: expect.any(Date) },
      { state: "skipped", reason: "wrong twice" },
      { state: "parked", reason: "no such end" },
      { state: "blocked", behind: [parked] },
      { state: "unseen" },
    ]);
    expect((await it.states.find(parked))?.progress).toMatchObject({ state: "parked" });
    expect((await it.states.find(applied))?.progress).toMatchObject({ state: "applied" });
  });

  test("an ack wins over a parked document that is still there", async () => {
    const id = await it.store();
    await it.park(id, "no such end");
    await it.apply([id]);

    expect(await stateOf(id)).toMatchObject({ state: "applied" });
    await it.unpark(id);
    expect(await stateOf(id)).toMatchObject({ state: "applied" });
  });

  test("what was purged is not found, and not an entry that may yet come", async () => {
    const id = await it.store(entryIdFor(new Date("2026-01-01"), "old"));
    await it.apply([id]);
    await it.purge(id);

    expect(await stateOf(id)).toEqual({ state: "not_found" });
    expect(await stateOf(newEntryId())).toEqual({ state: "unseen" });
    expect(await it.states.find(id)).toBeUndefined();
  });

  test("an entry is found as it was stored", async () => {
    const id = await it.store();

    const found = await it.states.find(id);

    expect(found).toMatchObject({ entry: { id, entry: { id } }, progress: { state: "pending" } });
  });

  test("many entries over many batches are all told apart", async () => {
    const ids: EntryId[] = [];
    for (let i = 0; i < 40; i++) ids.push(await it.store());
    for (let i = 0; i < 10; i++) await it.apply(ids.slice(i * 3, i * 3 + 3));
    await it.apply([ids[35] as EntryId]); // ahead of its neighbours, as after a retry

    const known = await it.states.progress(ids.toReversed());

    const applied = ids.filter((id) => known.get(id)?.state === "applied");
    expect(applied).toEqual([...ids.slice(0, 30), ids[35]]);
    expect(ids.filter((id) => known.get(id)?.state === "pending")).toHaveLength(9);
  });

  test("what is decided after the watch is open is told, or said to have changed", async () => {
    const [a, b, c, d] = (await Promise.all(Array.from({ length: 4 }, () => it.store()))) as [
      EntryId,
      EntryId,
      EntryId,
      EntryId,
    ];
    const opened = Promise.withResolvers<void>();
    const told = new Map<EntryId, string>();
    const all = Promise.withResolvers<void>();
    const note = (ids: readonly EntryId[], what: string): void => {
      for (const id of ids) told.set(id, what);
      if (told.size === 4) all.resolve();
    };
    const listener: StateListener = {
      opened: () => opened.resolve(),
      lost: (error) => all.reject(error),
      decided: (ids, { state }) => note(ids, state),
      recheck: (ids) => note(ids, "recheck"),
      recheckAll: () => undefined,
    };
    watching = it.states.watch(listener, stop.signal);
    await opened.promise;

    await it.apply([a, b], "bookmark-1");
    await it.skip(c, "wrong");
    await it.park(d, "no such end");
    await all.promise;

    expect([a, b, c, d].map((id) => told.get(id))).toEqual([
      "applied",
      "applied",
      "skipped",
      "recheck",
    ]);
    expect(await stateOf(d)).toMatchObject({ state: "parked" });
  });

  test("an ack does not count until a graph that was put back has its batch again", async () => {
    const [applied, skipped] = [await it.store(), await it.store()];
    await it.apply([applied]);
    await it.skip(skipped, "wrong");
    const opened = Promise.withResolvers<void>();
    let changed = Promise.withResolvers<void>();
    watching = it.states.watch(
      {
        opened: () => opened.resolve(),
        lost: (error) => changed.reject(error),
        decided: () => undefined,
        recheck: () => undefined,
        recheckAll: () => changed.resolve(),
      },
      stop.signal,
    );
    await opened.promise;

    await it.emptied(true);
    await changed.promise;
    expect(await stateOf(applied)).toEqual({ state: "pending" });
    expect(await stateOf(skipped)).toMatchObject({ state: "skipped" });

    changed = Promise.withResolvers();
    await it.emptied(false);
    await changed.promise;
    expect(await stateOf(applied)).toMatchObject({ state: "applied" });
  });

  test("whatever is decided around the opening is read or told", async () => {
    for (let round = 0; round < 10; round++) {
      const id = await it.store();
      const control = new AbortController();
      const told = Promise.withResolvers<void>();
      const opened = Promise.withResolvers<void>();
      const listener: StateListener = {
        opened: () => opened.resolve(),
        lost: (error) => told.reject(error),
        decided: (ids) => ids.includes(id) && told.resolve(),
        recheck: () => undefined,
        recheckAll: () => undefined,
      };
      const watch = it.states.watch(listener, control.signal);
      const applied = it.apply([id]);
      await opened.promise;
      if ((await stateOf(id))?.state !== "applied") await told.promise;
      await applied;
      control.abort();
      await watch;
    }
  });
}
