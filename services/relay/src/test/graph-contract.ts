import { create } from "@bufbuild/protobuf";
import {
  type Entry,
  type EntryId,
  entryId,
  MutationSchema,
  mergeNode,
  NodeMatchSchema,
  newEntryId,
  node,
  toValue,
} from "@outgraph/events";
import { compilePlan, fold, type Plan } from "@outgraph/graph-plan";
import { beforeEach, describe, expect, test } from "vitest";
import { CallFailed } from "../call-failed.ts";
import { batchNumber, type Epoch, epoch } from "../lane.ts";
import type { GraphPort, PlannedBatch } from "../ports.ts";
import { canary, entryOf } from "./entries.ts";
import { IMPOSSIBLE } from "./memory-graph.ts";

/** An empty graph, and what a test sees of it from outside. */
export interface GraphUnderTest {
  readonly graph: GraphPort;
  /** Another connection to the same graph. */
  readonly other: GraphPort;
  /** The ids that canaries left, as often and in the order they were applied. */
  applied(): Promise<readonly EntryId[]>;
  /** Tells a graph that keeps no nodes which labels stand beside one. */
  makeBeside(label: string, others: readonly string[]): Promise<void>;
  /** Drops every constraint and index. */
  forgetSchema(): Promise<void>;
  /** Makes the graph's journal one of a format to come. */
  makeFuture(incarnation: string): Promise<void>;
}

async function ensure(graph: GraphPort, { constraints, indexes }: Plan): Promise<void> {
  for (const constraint of constraints) await graph.ensureConstraint(constraint);
  for (const index of indexes) await graph.ensureIndex(index);
}

/** What every graph promises. */
export function graphContract(name: string, make: () => Promise<GraphUnderTest>): void {
  describe(`graph: ${name}`, () => {
    const incarnation = "5f0c6ce5-4f5b-4f5f-8f1c-6f1f5b1d0a01";
    let it: GraphUnderTest;
    beforeEach(async () => {
      it = await make();
    });

    const own = async (number: bigint): Promise<Epoch> => {
      const mine = epoch(number);
      const answer = await it.graph.fence({ incarnation, epoch: mine });
      expect(answer.kind).toBe("taken");
      return mine;
    };
    const batch = (mine: Epoch, number: bigint, entries: Entry[] = [canary()]): PlannedBatch => ({
      epoch: mine,
      number: batchNumber(number),
      entries: entries.map(({ id }) => entryId(id)),
      plan: planOf(entries),
    });
    const planOf = (entries: readonly Entry[]): Plan =>
      compilePlan(fold(entries), { encode: it.graph.encode });

    test("an empty graph has no journal, and a fence begins one", async () => {
      expect(await it.graph.readJournal()).toBeUndefined();

      const answer = await it.graph.fence({ incarnation, epoch: epoch(3n) });

      expect(answer).toMatchObject({
        kind: "taken",
        journal: { epoch: 0n, batch: 0n, ring: new Map() },
      });
      expect(await it.graph.readJournal()).toMatchObject({ epoch: 3n, batch: 0n });
    });

    test("a fence takes only epochs that grow", async () => {
      await own(3n);

      for (const late of [2n, 3n]) {
        const answer = await it.other.fence({ incarnation, epoch: epoch(late) });
        expect(answer).toEqual({ kind: "newer_epoch", epoch: 3n });
      }

      expect(await it.other.fence({ incarnation, epoch: epoch(4n) })).toMatchObject({
        kind: "taken",
        journal: { epoch: 3n },
      });
    });

    test("the graph of another outbox is refused and left alone", async () => {
      await own(1n);

      const answer = await it.other.fence({
        incarnation: "00000000-0000-4000-8000-000000000000",
        epoch: epoch(9n),
      });

      expect(answer).toEqual({ kind: "other_incarnation", found: incarnation });
      expect(await it.graph.readJournal()).toMatchObject({ epoch: 1n });
    });

    test("a journal of another format is refused", async () => {
      await it.makeFuture(incarnation);

      const answer = await it.graph.fence({ incarnation, epoch: epoch(1n) });

      expect(answer.kind).toBe("unknown_format");
    });

    test("a commit applies the plan and says so in the journal", async () => {
      const mine = await own(1n);
      const first = batch(mine, 1n, [canary(), canary()]);
      const second = batch(mine, 2n);

      await ensure(it.graph, first.plan);
      await it.graph.commit(first);
      const { bookmark } = await it.graph.commit(second);

      expect(bookmark).toBeTypeOf("string");
      expect(await it.applied()).toEqual([...first.entries, ...second.entries]);
      const journal = await it.graph.readJournal();
      expect(journal).toMatchObject({ epoch: 1n, batch: 2n });
      expect(journal?.ring.get(batchNumber(1n))).toEqual(first.entries);
      expect(journal?.ring.get(batchNumber(2n))).toEqual(second.entries);
    });

    test("a stale epoch commits nothing", async () => {
      const old = await own(1n);
      await it.graph.commit(batch(old, 1n));
      const before = await it.applied();
      const fresh = epoch(2n);
      await it.other.fence({ incarnation, epoch: fresh });

      await expect(it.graph.commit(batch(old, 2n))).rejects.toThrow(CallFailed);

      expect(await it.applied()).toEqual(before);
      expect(await it.graph.readJournal()).toMatchObject({ epoch: 2n, batch: 1n });
      await it.other.commit(batch(fresh, 2n));
    });

    test.each([
      ["that is there already", 2n],
      ["that leaves a gap", 4n],
      ["of long ago", 1n],
    ])("a batch number %s commits nothing", async (_, number) => {
      const mine = await own(1n);
      await it.graph.commit(batch(mine, 1n));
      await it.graph.commit(batch(mine, 2n));
      const before = await it.applied();

      await expect(it.graph.commit(batch(mine, number))).rejects.toMatchObject({
        failure: { kind: "fenced" },
      });

      expect(await it.applied()).toEqual(before);
      expect(await it.graph.readJournal()).toMatchObject({ batch: 2n });
    });

    test("of rivals for one number exactly one commits", async () => {
      const mine = await own(1n);
      await ensure(it.graph, batch(mine, 1n).plan);
      for (let number = 1n; number <= 20n; number += 1n) {
        const rivals = [batch(mine, number), batch(mine, number), batch(mine, number)];
        const ports = [it.graph, it.other, it.graph];

        const outcomes = await Promise.allSettled(
          rivals.map((rival, index) => (ports[index] ?? it.graph).commit(rival)),
        );

        const winners = rivals.filter((_, index) => outcomes[index]?.status === "fulfilled");
        expect(winners).toHaveLength(1);
        const journal = await it.graph.readJournal();
        expect(journal?.batch).toBe(number);
        expect(journal?.ring.get(batchNumber(number))).toEqual(winners[0]?.entries);
        expect(await it.applied()).toHaveLength(Number(number));
      }
    });

    test("the ring names the newest eight batches, and no older one", async () => {
      const mine = await own(1n);
      const all: PlannedBatch[] = [];
      for (let number = 1n; number <= 11n; number += 1n) {
        const next = batch(mine, number);
        all.push(next);
        await it.graph.commit(next);
      }

      const journal = await it.graph.readJournal();

      expect([...(journal?.ring.keys() ?? [])].sort((a, b) => Number(a - b))).toEqual([
        4n,
        5n,
        6n,
        7n,
        8n,
        9n,
        10n,
        11n,
      ]);
      for (const { number, entries } of all.slice(3)) {
        expect(journal?.ring.get(number)).toEqual(entries);
      }
    });

    test("a statement that fails takes the whole batch with it, and says which it was", async () => {
      const mine = await own(1n);
      const good = batch(mine, 1n);
      const statement = { cypher: IMPOSSIBLE, params: { rows: [{ n: 1n }] }, rows: 1 };
      const plan: Plan = { ...good.plan, statements: [...good.plan.statements, statement] };

      await expect(it.graph.commit({ ...good, plan })).rejects.toMatchObject({
        failure: { kind: "poison" },
        cypher: IMPOSSIBLE,
      });

      expect(await it.applied()).toEqual([]);
      expect(await it.graph.readJournal()).toMatchObject({ batch: 0n });
      await it.graph.commit(good);
    });

    test("a batch without rows is journaled all the same", async () => {
      const mine = await own(1n);
      const id = newEntryId();
      const plan: Plan = { statements: [], constraints: [], indexes: [], rows: 0 };

      await it.graph.commit({ epoch: mine, number: batchNumber(1n), entries: [id], plan });

      expect((await it.graph.readJournal())?.ring.get(batchNumber(1n))).toEqual([id]);
    });

    test("constraints can be asked for again, and by two at once", async () => {
      const { plan } = batch(await own(1n), 1n);

      await Promise.all([ensure(it.graph, plan), ensure(it.other, plan)]);
      await ensure(it.graph, plan);
    });

    test("labels that stand on one node are told", async () => {
      const mine = await own(1n);
      const first = [mergeNode(node("Beside", { id: "a" }), { addLabels: ["Extra", "More"] })];
      const second = [mergeNode(node("Other", { id: "a" }), { addLabels: ["More"] })];
      const made = batch(mine, 1n, [entryOf([...first, ...second])]);
      await ensure(it.graph, made.plan);
      await it.graph.commit(made);
      await it.makeBeside("Extra", ["Beside", "More"]);

      const beside = async (label: string) => [...(await it.graph.labelsBeside(label))].sort();

      expect(await beside("Extra")).toEqual(["Beside", "Extra", "More"]);
      expect(await beside("Nowhere")).toEqual([]);
    });

    test("what is in place is seen, and what is not", async () => {
      await own(1n);
      const match = create(NodeMatchSchema, { label: "Seen", where: { at: toValue("a") } });
      const kind = { case: "updateNodes", value: { match, set: { seen: toValue(true) } } } as const;
      const update = create(MutationSchema, { kind });
      const plan = planOf([entryOf([mergeNode(node("Kept", { b: 1n, a: "x" })), update])]);
      const there = async (): Promise<boolean[]> => [
        ...(await Promise.all(plan.constraints.map((each) => it.graph.hasConstraint(each)))),
        ...(await Promise.all(plan.indexes.map((each) => it.graph.hasIndex(each)))),
      ];

      const before = await there();
      await ensure(it.graph, plan);

      expect(before).toEqual([false, false]);
      expect(await there()).toEqual([true, true]);
      await it.forgetSchema();
      expect(await there()).toEqual([false, false]);
    });

    test("an index for matching gives way to the constraint of a key, and not the other way round", async () => {
      await own(1n);
      const ref = node("Matched", { id: "a" });
      const match = create(NodeMatchSchema, { label: "Matched", where: { id: toValue("a") } });
      const kind = { case: "updateNodes", value: { match, set: { seen: toValue(true) } } } as const;
      const matching = planOf([entryOf([create(MutationSchema, { kind })])]);
      const merging = planOf([entryOf([mergeNode(ref)])]);
      expect(matching.indexes).toHaveLength(1);

      await ensure(it.graph, matching);
      await ensure(it.graph, merging);
      await ensure(it.graph, matching);
    });
  });
}
