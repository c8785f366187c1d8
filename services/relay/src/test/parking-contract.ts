import { type Entry, type EntryId, newEntryId } from "@outgraph/events";
import { beforeEach, describe, expect, test } from "vitest";
import { AT_ZERO, type At } from "../at.ts";
import { batchNumber, type Epoch, epoch } from "../lane.ts";
import type { Aside, ParkingPort, Place } from "../parking-port.ts";
import type { OutboxPort } from "../ports.ts";
import { canary } from "./entries.ts";

/** An empty outbox, and what a test does to it from outside. */
export interface ParkingUnderTest {
  readonly outbox: OutboxPort;
  /** Another connection to the same outbox. */
  readonly other: OutboxPort;
  /** Inserts and commits an entry. */
  append(entry: Entry): Promise<EntryId>;
}

/** What every outbox promises to parking. */
export function parkingContract(name: string, make: () => Promise<ParkingUnderTest>): void {
  describe(`parking: ${name}`, () => {
    let it: ParkingUnderTest;
    let parking: ParkingPort;
    let mine: Epoch;
    beforeEach(async () => {
      it = await make();
      parking = it.outbox.parking;
      await it.outbox.open();
      const answer = await it.outbox.takeLease("me", 60_000);
      if (answer.kind === "granted") mine = answer.epoch;
    });

    /** Appends entries, and says where they stand. */
    const places = async (count: number): Promise<Place[]> => {
      const ids: EntryId[] = [];
      for (let i = 0; i < count; i++) ids.push(await it.append(canary()));
      const at = await it.outbox.positionsOf(ids);
      return ids.map((id) => ({ id, at: at.get(id) as At }));
    };
    const parked = ({ id, at }: Place, more: Partial<Aside> = {}): Aside => ({
      id,
      at,
      kind: "parked",
      error: "no such end",
      cypher: "MERGE (n)",
      attempts: 1,
      sinceMs: 1_700_000_000_000,
      behind: [],
      ...more,
    });
    const blocked = ({ id, at }: Place, behind: EntryId[]): Aside => ({
      id,
      at,
      kind: "blocked",
      attempts: 0,
      sinceMs: 1_700_000_000_001,
      behind,
    });
    const all = async (newest: bigint[] = []) => {
      const found = [];
      let last: Place | undefined;
      for (;;) {
        const part = await it.other.parking.asideAfter(last, newest.map(batchNumber));
        if (part.length === 0) return found;
        found.push(...part);
        last = part.at(-1)?.aside;
      }
    };

    test("what is set aside is read back in the order of history, with its entry", async () => {
      const [a, b, c, d, e] = (await places(5)) as [Place, Place, Place, Place, Place];
      await parking.setAside(mine, [blocked(e, [b.id]), parked(d)]);
      await parking.setAside(mine, [parked(b), blocked(c, [b.id])]);

      const found = await all();

      expect(found.map(({ aside }) => aside)).toEqual([
        parked(b),
        blocked(c, [b.id]),
        parked(d),
        blocked(e, [b.id]),
      ]);
      const [stored] = await it.outbox.storedEntries([b.id]);
      expect(found[0]?.stored).toMatchObject({ id: b.id, at: b.at, version: 1 });
      expect(found[0]?.stored?.body).toEqual(stored?.body);
      expect(found.some(({ decided }) => decided)).toBe(false);
      expect(found.map(({ aside }) => aside.id)).not.toContain(a.id);
      expect(await parking.countAside()).toEqual({ parked: 2, blocked: 2 });
    });

    test("setting aside once more says anew why", async () => {
      const [a] = (await places(1)) as [Place];
      await parking.setAside(mine, [blocked(a, [newEntryId()])]);
      const again = parked(a, { attempts: 3, error: "another" });

      await parking.setAside(mine, [again]);
      await parking.setAside(mine, [again]);

      expect((await all()).map(({ aside }) => aside)).toEqual([again]);
    });

    test("the walk drops what is set aside", async () => {
      const [a, b] = (await places(2)) as [Place, Place];
      await parking.setAside(mine, [parked(a)]);

      const reading = await it.outbox.read();
      const set = new Set<EntryId>();
      for await (const chunk of reading.walk(AT_ZERO)) for (const id of chunk.parked) set.add(id);
      await reading.close();

      expect([...set]).toEqual([a.id]);
      expect(set.has(b.id)).toBe(false);
    });

    test("a part of the list is as long as asked, and the next begins after it", async () => {
      const some = await places(5);
      await parking.setAside(
        mine,
        some.map((place) => parked(place)),
      );

      const first = await parking.listAside(undefined, 2);
      const second = await parking.listAside(first.at(-1), 2);
      const last = await parking.listAside(second.at(-1), 2);

      expect([first, second, last].map((part) => part.map(({ id }) => id))).toEqual([
        some.slice(0, 2).map(({ id }) => id),
        some.slice(2, 4).map(({ id }) => id),
        some.slice(4).map(({ id }) => id),
      ]);
      expect(first[0]).toMatchObject({ source: "test", error: "no such end", cypher: "MERGE (n)" });
    });

    test("a skip is an ack of its own: the walk drops the entry, and the first reason stays", async () => {
      const [a, b] = (await places(2)) as [Place, Place];
      await parking.setAside(mine, [parked(a), parked(b)]);
      const skipped = { ...a, reason: "twice", by: "ann", skippedMs: 1_700_000_000_000 };

      await parking.skip(mine, skipped);
      await parking.skip(mine, { ...skipped, reason: "again" });

      expect((await all()).map(({ aside, decided }) => [aside.id, decided])).toEqual([
        [a.id, true],
        [b.id, false],
      ]);
      await parking.forget(mine, [a.id]);
      const reading = await it.outbox.read();
      const acked = new Set<EntryId>();
      for await (const chunk of reading.walk(AT_ZERO)) for (const id of chunk.acked) acked.add(id);
      await reading.close();
      expect(acked.has(a.id)).toBe(true);
      expect((await all()).map(({ aside }) => aside.id)).toEqual([b.id]);
    });

    test("an ack among the newest batches decides, another one is not looked for", async () => {
      const [a, b] = (await places(2)) as [Place, Place];
      await parking.setAside(mine, [parked(a), parked(b)]);
      await it.outbox.writeAcks([
        { batch: batchNumber(1n), epoch: mine, entries: [a.id], at: { min: a.at, max: a.at } },
        { batch: batchNumber(2n), epoch: mine, entries: [b.id], at: { min: b.at, max: b.at } },
      ]);

      expect((await all([2n, 3n])).map(({ decided }) => decided)).toEqual([false, true]);
    });

    test("an entry that is gone is told without its body", async () => {
      const place = { id: newEntryId(), at: (1_700_000_000n << 32n) as At };
      await parking.setAside(mine, [parked(place)]);

      expect(await all()).toMatchObject([{ aside: { id: place.id }, stored: undefined }]);
    });

    test("a pause is kept until it is taken back", async () => {
      expect(await parking.pause()).toBeUndefined();
      const pause = { by: "ann", sinceMs: 1_700_000_000_000 };

      await parking.setPause(mine, pause);
      await parking.setPause(mine, pause);
      expect(await it.other.parking.pause()).toEqual(pause);

      await parking.setPause(mine, undefined);
      await parking.setPause(mine, undefined);
      expect(await it.other.parking.pause()).toBeUndefined();
    });

    test("who holds the lease is known", async () => {
      expect(await it.other.parking.leaseHolder()).toBe("me");
      await it.outbox.releaseLease("me", mine);
      expect(await it.other.parking.leaseHolder()).toBe("");
    });

    test.each<[string, (place: Place, by: Epoch) => Promise<void>]>([
      ["set aside", (place, by) => parking.setAside(by, [parked(place)])],
      ["skip", (place, by) => parking.skip(by, { ...place, reason: "x", by: "b", skippedMs: 0 })],
      ["forget", ({ id }, by) => parking.forget(by, [id])],
      ["pause", (_, by) => parking.setPause(by, { by: "ann", sinceMs: 0 })],
    ])("a stale owner cannot %s", async (_, act) => {
      const [a, b] = (await places(2)) as [Place, Place];
      await parking.setAside(mine, [parked(b)]);
      await it.outbox.releaseLease("me", mine);
      await it.other.takeLease("another", 60_000);

      const stale = { failure: { kind: "fenced" } };
      await expect(act(a, mine)).rejects.toMatchObject(stale);
      await expect(act(b, mine)).rejects.toMatchObject(stale);
      await expect(act(a, epoch(mine + 7n))).rejects.toMatchObject(stale);

      expect((await all()).map(({ aside, decided }) => [aside.id, decided])).toEqual([
        [b.id, false],
      ]);
      expect(await parking.pause()).toBeUndefined();
    });
  });
}
