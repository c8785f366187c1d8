import { type EntryId, newEntryId } from "@outgraph/events";
import { beforeEach, describe, expect, test } from "vitest";
import { AT_ZERO } from "../at.ts";
import { type BatchNumber, batchNumber, type Epoch, epoch, RING_SIZE } from "../lane.ts";
import type { OutboxPort } from "../ports.ts";
import { canary } from "./entries.ts";

/** An empty outbox whose lease nobody had, and what a test does to it from outside. */
export interface PurgeUnderTest {
  readonly outbox: OutboxPort;
  append(entry: ReturnType<typeof canary>): Promise<EntryId>;
  park(entry: EntryId): Promise<void>;
  /** Says that a person skipped it. */
  skip(entry: EntryId): Promise<void>;
  /** The entries, and the parked ones, that are there. */
  stored(): Promise<{ entries: EntryId[]; parked: EntryId[] }>;
  purgeHorizonMs(): Promise<number>;
  retentionMs(): Promise<number>;
  /** Lets the server's clock go on until what was written is a second ago at least. */
  pass(): Promise<void>;
}

/** What every outbox promises the purge. */
export function purgeContract(name: string, make: () => Promise<PurgeUnderTest>): void {
  describe(`purge: ${name}`, () => {
    const HOUR = 3_600_000;
    let it: PurgeUnderTest;
    let mine: Epoch;
    beforeEach(async () => {
      it = await make();
      await it.outbox.open();
      mine = await take();
    });

    const take = async (): Promise<Epoch> => {
      const answer = await it.outbox.takeLease(`${Math.random()}`, 0);
      return answer.kind === "granted" ? answer.epoch : epoch(1n);
    };
    const acked = async (batches: number): Promise<EntryId[]> => {
      const ids: EntryId[] = [];
      for (let number = 1n; number <= batches; number += 1n) {
        const id = await it.append(canary());
        ids.push(id);
        const at = (await it.outbox.positionsOf([id])).get(id) ?? AT_ZERO;
        const batch = batchNumber(number);
        await it.outbox.writeAcks([
          { batch, epoch: mine, entries: [id], at: { min: at, max: at } },
        ]);
      }
      return ids;
    };
    const oldBatches = async (retentionMs: number): Promise<BatchNumber[]> => {
      const all: BatchNumber[] = [];
      for (let after = batchNumber(0n); ; ) {
        const { found } = await it.outbox.purging.oldAcks(retentionMs, after);
        const last = found.at(-1);
        if (last === undefined) return all;
        all.push(...found.map(({ batch }) => batch));
        after = last.batch;
      }
    };

    test("old acks come in order, with what they name, and never the newest eight", async () => {
      const ids = await acked(Number(RING_SIZE) + 5);
      await it.pass();

      expect(await oldBatches(0)).toEqual([1n, 2n, 3n, 4n, 5n]);
      const { found, untilMs } = await it.outbox.purging.oldAcks(0, batchNumber(1n));
      expect(found[0]).toEqual({ batch: 2n, entries: [ids[1]] });
      expect(untilMs).toBeGreaterThan(1_600_000_000_000);
    });

    test("acks younger than the retention are not old", async () => {
      await acked(Number(RING_SIZE) + 2);
      await it.pass();

      expect(await oldBatches(HOUR)).toEqual([]);
    });

    test("a purge deletes exactly what it is told, with what is left of its being parked", async () => {
      const ids = await acked(4);
      const parked = await it.append(canary());
      for (const id of [ids[0]!, parked]) await it.park(id);

      const done = await it.outbox.purging.purge(mine, {
        entries: [ids[0]!, ids[2]!, newEntryId()],
        acks: [batchNumber(1n)],
      });

      expect(done).toBe(true);
      expect(await it.stored()).toEqual({ entries: [ids[1], ids[3], parked], parked: [parked] });
      const acks = await it.outbox.acksOf([1n, 2n, 3n, 4n].map(batchNumber));
      expect([...acks.keys()]).toEqual([2n, 3n, 4n]);
      expect(await it.outbox.purging.purge(mine, { entries: ids, acks: [] })).toBe(true);
    });

    test("the purge horizon only rises", async () => {
      await it.outbox.purging.raisePurgeHorizon(mine, 1_700_000_000_000);
      await it.outbox.purging.raisePurgeHorizon(mine, 1_600_000_000_000);

      expect(await it.purgeHorizonMs()).toBe(1_700_000_000_000);
    });

    test("once another relay has the lease, the old one changes nothing", async () => {
      const ids = await acked(1);
      const before = [await it.stored(), await it.purgeHorizonMs(), await it.retentionMs()];
      const fresh = await take();
      expect(fresh).toBeGreaterThan(mine);

      const { purging } = it.outbox;
      expect(await purging.purge(mine, { entries: ids, acks: [batchNumber(1n)] })).toBe(false);
      expect(await purging.raisePurgeHorizon(mine, 1_700_000_000_000)).toBe(false);
      expect(await purging.setRetention(mine, HOUR)).toBe(false);

      expect([await it.stored(), await it.purgeHorizonMs(), await it.retentionMs()]).toEqual(
        before,
      );
      expect([...(await it.outbox.acksOf([batchNumber(1n)])).keys()]).toEqual([1n]);
      expect(await purging.purge(fresh, { entries: ids, acks: [] })).toBe(true);
    });

    test("the retention is said in the outbox", async () => {
      await it.outbox.purging.setRetention(mine, 5 * HOUR);

      expect(await it.retentionMs()).toBe(5 * HOUR);
    });

    test("old skips are told apart from acks, in the order in which they were written", async () => {
      await acked(Number(RING_SIZE) + 1);
      const skipped = [await it.append(canary()), await it.append(canary())];
      await it.skip(skipped[0]!);
      await it.pass();
      await it.skip(skipped[1]!);
      await it.pass();

      const { found } = await it.outbox.purging.oldSkips(0, AT_ZERO);
      expect(found.map(({ entry }) => entry)).toEqual(skipped);
      const rest = await it.outbox.purging.oldSkips(0, found[0]!.written);
      expect(rest.found.map(({ entry }) => entry)).toEqual([skipped[1]]);
      expect((await it.outbox.purging.oldSkips(HOUR, AT_ZERO)).found).toEqual([]);
      expect(await oldBatches(0)).toEqual([1n]);
    });
  });
}
