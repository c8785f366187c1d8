import { type EntryId, newEntryId } from "@outgraph/events";
import { ADVANCE, batchNumber, type Epoch, epoch, slotOf } from "@outgraph/relay/test";
import { expect } from "vitest";
import { type Contract, underWay } from "./contract.ts";
import type { GraphTransaction } from "./graph-transaction.ts";
import type { Neo4jUnderTest } from "./neo4j-under-test.ts";

const INCARNATION = "5f0c6ce5-4f5b-4f5f-8f1c-6f1f5b1d0a01";

const FENCED = { failure: { kind: "fenced" } };

async function owned({ graph }: Neo4jUnderTest, number: bigint): Promise<Epoch> {
  const mine = epoch(number);
  expect(await graph.fence({ incarnation: INCARNATION, epoch: mine })).toMatchObject({
    kind: "taken",
  });
  return mine;
}

/** A batch that changes nothing but the journal. */
function batch(mine: Epoch, number: bigint, entry: EntryId = newEntryId()) {
  const plan = { statements: [], constraints: [], indexes: [], rows: 0 };
  return { epoch: mine, number: batchNumber(number), entries: [entry], plan };
}

/** The journal statement of a batch, in a transaction that stays open. */
async function advanced(
  tx: GraphTransaction,
  { epoch: mine, number, entries }: ReturnType<typeof batch>,
  cypher: string = ADVANCE,
): Promise<unknown> {
  const [row] = await tx.run(cypher, {
    lane: 0n,
    epoch: mine,
    batch: number,
    slot: slotOf(number),
    entryIds: entries,
  });
  return row?.["batch"];
}

/** Who commits a batch while another one does. */
export const JOURNAL_RACE: Contract<Neo4jUnderTest> = {
  "a rival for the same number waits for the lane, and fails when the other has committed": async (
    it,
  ) => {
    const mine = await owned(it, 1n);
    const [first, second] = [batch(mine, 1n), batch(mine, 1n)];
    const open = it.begin();
    expect(await advanced(open, first)).toBe(1n);

    const rival = underWay(it.graph.commit(second));
    await it.waiting(1);
    await open.commit();

    await expect(rival).rejects.toMatchObject(FENCED);
    const journal = await it.graph.readJournal();
    expect(journal).toMatchObject({ epoch: 1n, batch: 1n });
    expect(journal?.ring.get(batchNumber(1n))).toEqual(first.entries);
  },

  "it commits when the other is rolled back": async (it) => {
    const mine = await owned(it, 1n);
    const [first, second] = [batch(mine, 1n), batch(mine, 1n)];
    const open = it.begin();
    await advanced(open, first);

    const rival = underWay(it.graph.commit(second));
    await it.waiting(1);
    await open.rollback();
    await rival;

    expect((await it.graph.readJournal())?.ring.get(batchNumber(1n))).toEqual(second.entries);
  },

  "the next number waits too, and then commits": async (it) => {
    const mine = await owned(it, 1n);
    const open = it.begin();
    await advanced(open, batch(mine, 1n));

    const next = underWay(it.graph.commit(batch(mine, 2n)));
    await it.waiting(1);
    await open.commit();
    await next;

    expect(await it.graph.readJournal()).toMatchObject({ batch: 2n });
  },

  "of many rivals for one number, from two clients at once, exactly one commits": async (it) => {
    const mine = await owned(it, 1n);
    for (let number = 1n; number <= 10n; number += 1n) {
      const rivals = Array.from({ length: 6 }, () => batch(mine, number));

      const outcomes = await Promise.allSettled(
        rivals.map((rival, i) => (i % 2 === 0 ? it.graph : it.other).commit(rival)),
      );

      const winners = rivals.filter((_, i) => outcomes[i]?.status === "fulfilled");
      expect(winners).toHaveLength(1);
      const lost = outcomes.filter(({ status }) => status === "rejected");
      for (const { reason } of lost as PromiseRejectedResult[])
        expect(reason).toMatchObject(FENCED);
      const journal = await it.graph.readJournal();
      expect(journal?.batch).toBe(number);
      expect(journal?.ring.get(batchNumber(number))).toEqual(winners[0]?.entries);
      expect(journal?.ring.size).toBe(Math.min(Number(number), 8));
    }
  },

  "who fences waits for a batch under way, and the journal it gets has that": async (it) => {
    const mine = await owned(it, 1n);
    const under = batch(mine, 1n);
    const open = it.begin();
    await advanced(open, under);

    const fenced = underWay(it.other.fence({ incarnation: INCARNATION, epoch: epoch(2n) }));
    await it.waiting(1);
    await open.commit();

    expect(await fenced).toMatchObject({
      kind: "taken",
      journal: { epoch: 1n, batch: 1n, ring: new Map([[1n, under.entries]]) },
    });
  },

  "a batch that waits for a fence is of a stale epoch then, and fails": async (it) => {
    const mine = await owned(it, 1n);
    const open = it.begin();
    await advanced(open, batch(mine, 1n));

    const fenced = underWay(it.other.fence({ incarnation: INCARNATION, epoch: epoch(2n) }));
    await it.waiting(1);
    await open.rollback();
    await fenced;

    await expect(it.graph.commit(batch(mine, 1n))).rejects.toMatchObject(FENCED);
    await it.other.commit(batch(epoch(2n), 1n));
    expect(await it.graph.readJournal()).toMatchObject({ epoch: 2n, batch: 1n });
  },

  "who reads the journal waits for a batch under way": async (it) => {
    const mine = await owned(it, 1n);
    const open = it.begin();
    await advanced(open, batch(mine, 1n));

    const journal = underWay(it.other.readJournal());
    await it.waiting(1);
    await open.commit();

    expect(await journal).toMatchObject({ batch: 1n });
  },

  "without the lock before the look, both rivals commit": async (it) => {
    const mine = await owned(it, 1n);
    const unlocked = ADVANCE.replace("SET lane.lock = $epoch", "");
    expect(unlocked).not.toBe(ADVANCE);
    const [first, second] = [it.begin(), it.begin()];
    await advanced(first, batch(mine, 1n), unlocked);

    const rival = underWay(advanced(second, batch(mine, 1n), unlocked));
    await it.waiting(1);
    await first.commit();

    // It has looked before it waited; what it adds to is read under the lock, and is not what it looked at.
    expect(await rival).toBe(2n);
    await second.commit();
  },
};
