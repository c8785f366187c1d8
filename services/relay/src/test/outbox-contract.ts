import { decodeEntry, type Entry, type EntryId, newEntryId } from "@outgraph/events";
import { beforeEach, describe, expect, test } from "vitest";
import { AT_ZERO, type At } from "../at.ts";
import { CallFailed } from "../call-failed.ts";
import { batchNumber, epoch } from "../lane.ts";
import type { Ack, OutboxPort, Reading } from "../ports.ts";
import { canary } from "./entries.ts";

/** An empty outbox, and what a test does to it from outside. */
export interface OutboxUnderTest {
  readonly outbox: OutboxPort;
  /** Another connection to the same outbox. */
  readonly other: OutboxPort;
  /** Inserts and commits an entry, whose append came in this trace. */
  append(entry: Entry, trace?: string): Promise<EntryId>;
  /** Inserts an entry, in a transaction that is open until the result is called. */
  insert(entry: Entry): Promise<() => Promise<EntryId>>;
  /** Says in the outbox that an entry is parked. */
  park(entry: EntryId): Promise<void>;
  /** Drops the collection of entries. */
  drop(): Promise<void>;
}

/** What every outbox promises. */
export function outboxContract(name: string, make: () => Promise<OutboxUnderTest>): void {
  describe(`outbox: ${name}`, () => {
    let it: OutboxUnderTest;
    beforeEach(async () => {
      it = await make();
      await it.outbox.open();
    });

    const ack = (batch: bigint, entries: readonly EntryId[], at: At = AT_ZERO): Ack => ({
      batch: batchNumber(batch),
      epoch: epoch(1n),
      entries,
      at: { min: at, max: at },
    });
    const ackWith = async (batch: bigint, entries: readonly EntryId[]): Promise<void> => {
      const places = [...(await it.outbox.positionsOf(entries)).values()].sort((a, b) =>
        a < b ? -1 : 1,
      );
      const at = { min: places[0] ?? AT_ZERO, max: places.at(-1) ?? AT_ZERO };
      await it.outbox.writeAcks([{ ...ack(batch, entries), at }]);
    };

    test("opening it again, from anywhere, finds the same outbox", async () => {
      const first = await it.outbox.open();
      const second = await it.other.open();

      expect(second.incarnation).toBe(first.incarnation);
      expect(first.transactionLifetimeMs).toBeGreaterThan(0);
    });

    test("the lease has one holder at a time, under an epoch that grows by one", async () => {
      const first = await it.outbox.takeLease("a", 60_000);
      const second = await it.other.takeLease("b", 60_000);

      expect(first).toEqual({ kind: "granted", epoch: 1n });
      expect(second).toMatchObject({ kind: "held", by: "a" });
      expect(second.kind === "held" && second.remainingMs).toBeGreaterThan(30_000);
    });

    test("of many who ask for the lease at once, one gets it", async () => {
      const answers = await Promise.all(
        ["a", "b", "c", "d", "e"].map((holder, index) =>
          (index % 2 === 0 ? it.outbox : it.other).takeLease(holder, 60_000),
        ),
      );

      expect(answers.filter(({ kind }) => kind === "granted")).toHaveLength(1);
    });

    test("a lease that was given back, or that its holder asks for again, is free at once", async () => {
      await it.outbox.takeLease("$a", 60_000);
      expect(await it.outbox.takeLease("$a", 60_000)).toEqual({ kind: "granted", epoch: 2n });
      await it.outbox.releaseLease("$a", epoch(2n));

      expect(await it.other.takeLease("b", 60_000)).toEqual({ kind: "granted", epoch: 3n });
    });

    test("only its holder, under its epoch, renews or gives back a lease", async () => {
      await it.outbox.takeLease("a", 60_000);

      expect(await it.other.renewLease("b", epoch(1n), 1)).toBe(false);
      expect(await it.other.renewLease("a", epoch(2n), 1)).toBe(false);
      await it.other.releaseLease("a", epoch(2n));
      await it.other.releaseLease("b", epoch(1n));

      expect(await it.outbox.renewLease("a", epoch(1n), 60_000)).toBe(true);
      expect(await it.other.takeLease("b", 60_000)).toMatchObject({ kind: "held" });
    });

    test("only the holder lifts the epoch, and only upwards", async () => {
      await it.outbox.takeLease("a", 60_000);

      await it.other.raiseEpoch("b", epoch(1n), epoch(50n));
      await it.other.raiseEpoch("a", epoch(2n), epoch(50n));
      expect(await it.outbox.renewLease("a", epoch(1n), 60_000)).toBe(true);
      await it.outbox.raiseEpoch("a", epoch(1n), epoch(7n));
      await it.outbox.raiseEpoch("a", epoch(7n), epoch(3n));

      expect(await it.outbox.takeLease("a", 60_000)).toEqual({ kind: "granted", epoch: 8n });
    });

    test("a lease that ran out goes to the next, and its holder cannot renew it any more", async () => {
      await it.outbox.takeLease("a", 60_000);
      await it.outbox.renewLease("a", epoch(1n), 0);

      expect(await it.other.takeLease("b", 60_000)).toEqual({ kind: "granted", epoch: 2n });
      expect(await it.outbox.renewLease("a", epoch(1n), 60_000)).toBe(false);
    });

    test("entries are given as they were stored, in the order asked for, without those not there", async () => {
      const [a, b] = [canary(), canary()];
      const ids = [await it.append(a), await it.append(b)] as const;
      const places = await it.outbox.positionsOf(ids);

      const stored = await it.outbox.storedEntries([ids[1], newEntryId(), ids[0]]);

      expect(stored.map(({ id, at, version }) => ({ id, at, version }))).toEqual(
        [ids[1], ids[0]].map((id) => ({ id, at: places.get(id), version: 1 })),
      );
      expect(stored.map(({ body }) => decodeEntry(body).id)).toEqual([b.id, a.id]);
    });

    test("what the graph lacks is said under epochs that never go back", async () => {
      await it.outbox.sayReapplying(epoch(2n), batchNumber(7n));
      await it.outbox.sayReapplying(epoch(2n), batchNumber(8n));
      await it.outbox.sayReapplying(epoch(3n), undefined);

      await expect(it.other.sayReapplying(epoch(2n), batchNumber(7n))).rejects.toMatchObject({
        failure: { kind: "fenced" },
      });
    });

    test("acks are found by number, and the newest is known", async () => {
      const [a, b] = [newEntryId(), newEntryId()];
      expect(await it.outbox.newestAck()).toBe(0n);

      await it.outbox.writeAcks([ack(9n, [a]), ack(10n, [b, a])]);

      expect(await it.other.newestAck()).toBe(10n);
      const found = await it.other.acksOf([8n, 9n, 10n].map(batchNumber));
      expect(found).toEqual(
        new Map([
          [9n, [a]],
          [10n, [b, a]],
        ]),
      );
    });

    test("a repeated ack is harmless, also among new ones", async () => {
      const [a, b, c] = [newEntryId(), newEntryId(), newEntryId()];
      await it.outbox.writeAcks([ack(1n, [a]), ack(2n, [b])]);

      await it.other.writeAcks([ack(1n, [a]), ack(2n, [b]), ack(3n, [c])]);

      expect(await it.outbox.newestAck()).toBe(3n);
    });

    test.each([
      ["other entries", (a: EntryId) => [a, newEntryId()]],
      ["another order", (a: EntryId, b: EntryId) => [b, a]],
      ["fewer entries", (a: EntryId) => [a]],
    ])("an ack of a known number with %s is history that moved", async (_, entries) => {
      const [a, b] = [newEntryId(), newEntryId()];
      const wrong = entries(a, b);
      await it.outbox.writeAcks([ack(1n, [a, b])]);

      await expect(it.outbox.writeAcks([ack(1n, wrong), ack(2n, [a])])).rejects.toMatchObject({
        failure: { kind: "history_moved" },
      });

      expect(await it.outbox.newestAck()).toBe(1n);
    });

    test("entries after one are counted, and a backlog can be said again and again", async () => {
      const ids = [await it.append(canary()), await it.append(canary()), await it.append(canary())];
      const places = await it.outbox.positionsOf(ids);

      const [first, second, third] = ids.map((id) => places.get(id)!);
      expect(await it.other.countAfter(first!, 10)).toEqual({ entries: 2, last: third });
      expect(await it.other.countAfter(first!, 1)).toEqual({ entries: 1, last: second });
      expect(await it.other.countAfter(third!, 10)).toEqual({ entries: 0, last: third });
      await it.outbox.publishBacklog({ entries: 2, bytes: 20, oldestMs: 1_700_000_000_000 });
      await it.other.publishBacklog({ entries: 0, bytes: 0, oldestMs: undefined });
    });

    test("the oplog goes from somewhere to now", async () => {
      const id = await it.append(canary());
      const place = (await it.outbox.positionsOf([id])).get(id)!;

      const { first, last } = await it.other.oplog();

      expect(first).toBeLessThan(place);
      expect(last).toBeGreaterThanOrEqual(place);
    });

    test("the settled horizon only rises", async () => {
      const start = await it.outbox.settledHorizon();
      const low = ((start + 5n) << 1n) as At;

      await it.outbox.raiseSettledHorizon(low);
      await it.outbox.raiseSettledHorizon((low - 1n) as At);

      expect(await it.other.settledHorizon()).toBe(low);
    });

    test("the walk gives what is there in the order of history, and says what is decided", async () => {
      const ids: EntryId[] = [];
      for (let i = 0; i < 8; i++) ids.push(await it.append(canary()));
      await ackWith(1n, [ids[1]!, ids[5]!]);
      await it.park(ids[6]!);

      await using reading = await opened(it.outbox);
      const seen = await walkAll(reading);

      expect(seen.entries).toEqual(ids);
      expect([ids[1], ids[5]].every((id) => seen.acked.has(id!))).toBe(true);
      expect(seen.acked.has(ids[0]!)).toBe(false);
      expect([...seen.parked]).toEqual([ids[6]]);
    });

    test("an entry carries the trace of its append, through the walk and the stream", async () => {
      const traces = ["00-aa-bb-01", undefined, "00-cc-dd-01"];
      const walked = [await it.append(canary(), traces[0]), await it.append(canary(), traces[1])];
      await using reading = await opened(it.outbox);
      const late = await it.append(canary(), traces[2]);

      const found = new Map<EntryId, string | undefined>();
      for await (const { entries } of reading.walk(AT_ZERO)) {
        for (const { id, trace } of entries) found.set(id, trace);
      }
      let event = await reading.next();
      while (event.kind !== "entry" || event.entry.id !== late) event = await reading.next();
      found.set(late, event.entry.trace);

      expect([...walked, late].map((id) => found.get(id))).toEqual(traces);
    });

    test("the walk begins at the horizon it is given", async () => {
      const ids: EntryId[] = [];
      for (let i = 0; i < 5; i++) ids.push(await it.append(canary()));
      const places = await it.outbox.positionsOf(ids);

      await using reading = await opened(it.outbox);
      const seen = await walkAll(reading, places.get(ids[2]!));

      expect(seen.entries).toEqual(ids.slice(2));
    });

    test("what commits after the reading was opened comes in the stream, not in the walk", async () => {
      const early = await it.append(canary());
      await using reading = await opened(it.outbox);
      const late = [await it.append(canary()), await it.append(canary())];

      const seen = await walkAll(reading);

      expect(seen.entries).toEqual([early]);
      // It begins *at* `upTo`, so what committed exactly then may come once more.
      const rest = await streamed(reading, late);
      expect(rest.filter((id) => id !== early)).toEqual(late);
    });

    test("an entry inserted before the reading and committed after it is not lost", async () => {
      const commit = await it.insert(canary());
      await it.append(canary());
      await using reading = await opened(it.outbox);

      const id = await commit();
      const seen = await walkAll(reading);
      const rest = await streamed(reading, [id]);

      expect(rest).toContain(id);
      // The walk may have it too: it stands before `upTo`.
      expect(seen.entries.filter((entry) => entry === id).length).toBeLessThanOrEqual(1);
    });

    test("the stream tells the time of each commit, in order", async () => {
      await using reading = await opened(it.outbox);
      const ids = [await it.append(canary()), await it.append(canary())];
      const times: At[] = [];

      for (const id of ids) {
        for (;;) {
          const event = await reading.next();
          if (event.kind !== "entry" || event.entry.id !== id) continue;
          times.push(event.time);
          expect(event.entry.at).toBeLessThanOrEqual(event.time);
          expect(event.committed.ms).toBeGreaterThan(1_600_000_000_000);
          break;
        }
      }

      expect(times[0]).toBeLessThan(times[1]!);
    });

    test("a dropped outbox is told, not waited for", async () => {
      await it.append(canary());
      await using reading = await opened(it.outbox);
      await it.drop();

      for (;;) {
        const event = await reading.next();
        if (event.kind !== "gone") continue;
        expect(event.what).toMatch(/dropped/);
        break;
      }
    });

    test("closing ends a wait for the next entry", async () => {
      const reading = await it.outbox.read();
      const ended = (async () => {
        for (;;) await reading.next();
      })();
      const outcome = expect(ended).rejects.toThrow(CallFailed);

      await reading.close();

      await outcome;
    });

    test("once closed, there is no next entry, be it that nobody waited", async () => {
      const reading = await it.outbox.read();
      await it.append(canary());
      while ((await reading.next()).kind !== "entry") {}
      await reading.close();

      await expect(reading.next()).rejects.toThrow(CallFailed);
      await expect(reading.next()).rejects.toThrow(CallFailed);
    });
  });
}

type Opened = Reading & AsyncDisposable;

async function opened(outbox: OutboxPort): Promise<Opened> {
  const reading = await outbox.read();
  return Object.assign(reading, { [Symbol.asyncDispose]: () => reading.close() });
}

async function walkAll(
  reading: Reading,
  from: At = AT_ZERO,
): Promise<{ entries: EntryId[]; acked: Set<EntryId>; parked: Set<EntryId> }> {
  const seen = { entries: [] as EntryId[], acked: new Set<EntryId>(), parked: new Set<EntryId>() };
  for await (const chunk of reading.walk(from)) {
    for (const { id, at } of chunk.entries) {
      expect(at).toBeLessThanOrEqual(reading.upTo);
      seen.entries.push(id);
    }
    for (const id of chunk.acked) seen.acked.add(id);
    for (const id of chunk.parked) seen.parked.add(id);
  }
  return seen;
}

/** What the stream gives, until it gave all of these. */
async function streamed(reading: Reading, wanted: readonly EntryId[]): Promise<EntryId[]> {
  const missing = new Set(wanted);
  const seen: EntryId[] = [];
  while (missing.size > 0) {
    const event = await reading.next();
    if (event.kind !== "entry") continue;
    seen.push(event.entry.id);
    missing.delete(event.entry.id);
  }
  return seen;
}
