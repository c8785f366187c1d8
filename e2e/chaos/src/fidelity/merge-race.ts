import { create } from "@bufbuild/protobuf";
import { EntrySchema, type Mutation, mergeNode, newEntryId, node } from "@outgraph/events";
import { compilePlan, fold } from "@outgraph/graph-plan";
import { expect } from "vitest";
import { type Contract, underWay } from "./contract.ts";
import type { Neo4jUnderTest } from "./neo4j-under-test.ts";

const DEADLOCK = "Neo.TransientError.Transaction.DeadlockDetected";

const MERGE = `
MERGE (n:Thing {id: $id})
ON CREATE SET n.by = $by
RETURN n.by AS by`;

const MERGE_EDGE = `
MATCH (a:Thing {id: 'a'})
MATCH (b:Thing {id: 'b'})
MERGE (a)-[r:NEXT]->(b)
SET r.by = $by`;

const LOCK = "MATCH (n:Thing {id: $id}) SET n.lock = 1";

const FIND = "MATCH (n:Thing {id: $id}) RETURN n.by AS by";

const EDGES = "MATCH (a:Thing)-[r:NEXT]->(b:Thing) RETURN r.by AS by";

/** Lets the relay's own adapter make the constraint that a merge by `id` needs. */
async function constrained({ graph }: Neo4jUnderTest): Promise<void> {
  const mutations: Mutation[] = [mergeNode(node("Thing", { id: "x" }))];
  const event = { type: "test.Happened", mutations };
  const entry = create(EntrySchema, { id: newEntryId(), source: "test", events: [event] });
  const { constraints } = compilePlan(fold([entry]), { encode: graph.encode });
  for (const constraint of constraints) await graph.ensureConstraint(constraint);
}

/** Nodes that are there before anything happens. */
async function made(server: Neo4jUnderTest, ...ids: readonly string[]): Promise<void> {
  const tx = server.begin();
  for (const id of ids) await tx.run(MERGE, { id, by: "nobody" });
  await tx.commit();
}

async function rows(server: Neo4jUnderTest, cypher: string, params = {}) {
  const tx = server.begin();
  const found = await tx.run(cypher, params);
  await tx.rollback();
  return found;
}

/** Who merges what another one merges. */
export const MERGE_RACE: Contract<Neo4jUnderTest> = {
  "behind a constraint, a merge waits for one of the same key, and finds what that made": async (
    it,
  ) => {
    await constrained(it);
    const [first, second] = [it.begin(), it.begin()];
    expect(await first.run(MERGE, { id: "a", by: "first" })).toEqual([{ by: "first" }]);

    const merged = underWay(second.run(MERGE, { id: "a", by: "second" }));
    await it.waiting(1);
    await first.commit();

    expect(await merged).toEqual([{ by: "first" }]);
    await second.commit();
    expect(await rows(it, FIND, { id: "a" })).toEqual([{ by: "first" }]);
  },

  "behind a constraint, a merge makes the node itself when the one before it is rolled back":
    async (it) => {
      await constrained(it);
      const [first, second] = [it.begin(), it.begin()];
      await first.run(MERGE, { id: "a", by: "first" });

      const merged = underWay(second.run(MERGE, { id: "a", by: "second" }));
      await it.waiting(1);
      await first.rollback();

      expect(await merged).toEqual([{ by: "second" }]);
      await second.commit();
      expect(await rows(it, FIND, { id: "a" })).toEqual([{ by: "second" }]);
    },

  "without a constraint nobody waits, and the node is there twice": async (it) => {
    const [first, second] = [it.begin(), it.begin()];

    expect(await first.run(MERGE, { id: "a", by: "first" })).toEqual([{ by: "first" }]);
    expect(await second.run(MERGE, { id: "a", by: "second" })).toEqual([{ by: "second" }]);
    await first.commit();
    await second.commit();

    expect(await rows(it, FIND, { id: "a" })).toHaveLength(2);
  },

  "merges of other keys do not wait for each other": async (it) => {
    await constrained(it);
    const [first, second] = [it.begin(), it.begin()];

    await first.run(MERGE, { id: "a", by: "first" });
    await second.run(MERGE, { id: "b", by: "second" });
    await second.commit();
    await first.commit();

    expect(await rows(it, FIND, { id: "b" })).toEqual([{ by: "second" }]);
  },

  "a merge of a node that is there already does not lock its key": async (it) => {
    await constrained(it);
    await made(it, "a");
    const [first, second] = [it.begin(), it.begin()];

    await first.run(MERGE, { id: "a", by: "first" });

    expect(await second.run(MERGE, { id: "a", by: "second" })).toEqual([{ by: "nobody" }]);
    await second.commit();
    await first.commit();
  },

  "a merge of an edge waits for one between the same ends, and finds what that made": async (
    it,
  ) => {
    await made(it, "a", "b");
    const [first, second] = [it.begin(), it.begin()];
    await first.run(MERGE_EDGE, { by: "first" });

    const merged = underWay(second.run(MERGE_EDGE, { by: "second" }));
    await it.waiting(1);
    await first.commit();
    await merged;
    await second.commit();

    expect(await rows(it, EDGES)).toEqual([{ by: "second" }]);
  },

  "of two that lock two nodes crosswise one is refused and gone, and the other goes on": async (
    it,
  ) => {
    await made(it, "a", "b");
    const [first, second] = [it.begin(), it.begin()];
    await first.run(LOCK, { id: "a" });
    await second.run(LOCK, { id: "b" });

    const crossing = [first.run(LOCK, { id: "b" })];
    crossing[0]?.catch(() => {}); // looked at below
    await it.waiting(1);
    crossing.push(second.run(LOCK, { id: "a" }));
    const outcomes = await Promise.allSettled(crossing);

    await refusedOne(outcomes, [first, second]);
  },

  "of two that merge two keys crosswise one is refused and gone, and the other goes on": async (
    it,
  ) => {
    await constrained(it);
    const [first, second] = [it.begin(), it.begin()];
    await first.run(MERGE, { id: "a", by: "first" });
    await second.run(MERGE, { id: "b", by: "second" });

    const crossing = [first.run(MERGE, { id: "b", by: "first" })];
    crossing[0]?.catch(() => {}); // looked at below
    await it.waiting(1);
    crossing.push(second.run(MERGE, { id: "a", by: "second" }));
    const outcomes = await Promise.allSettled(crossing);

    const winner = await refusedOne(outcomes, [first, second]);
    const all = [...(await rows(it, FIND, { id: "a" })), ...(await rows(it, FIND, { id: "b" }))];
    const by = winner === first ? "first" : "second";
    expect(all).toEqual([{ by }, { by }]);
  },
};

type Tx = ReturnType<Neo4jUnderTest["begin"]>;

/** Exactly one was refused as a deadlock, and can do nothing any more; commits and gives the other. */
async function refusedOne(
  outcomes: readonly PromiseSettledResult<unknown>[],
  all: readonly [Tx, Tx],
): Promise<Tx> {
  const lost = outcomes.findIndex(({ status }) => status === "rejected");
  expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(outcomes[lost]).toMatchObject({ reason: { code: DEADLOCK } });
  const [loser, winner] = lost === 0 ? all : ([all[1], all[0]] as const);
  await expect(loser.commit()).rejects.toThrow();
  await winner.commit();
  return winner;
}
