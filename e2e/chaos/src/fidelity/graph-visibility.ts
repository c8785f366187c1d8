import { expect } from "vitest";
import { type Contract, underWay } from "./contract.ts";
import type { Neo4jUnderTest } from "./neo4j-under-test.ts";

const MAKE = "MERGE (n:Thing {id: 'a'}) SET n.v = $v";

const SEE = "MATCH (n:Thing {id: 'a'}) RETURN n.v AS v";

const DELETE = "MATCH (n:Thing {id: 'a'}) DETACH DELETE n";

async function made(server: Neo4jUnderTest, v: bigint): Promise<void> {
  const tx = server.begin();
  await tx.run(MAKE, { v });
  await tx.commit();
}

async function seen(server: Neo4jUnderTest, cypher: string = SEE) {
  const tx = server.begin();
  const rows = await tx.run(cypher);
  await tx.rollback();
  return rows;
}

/** A change that begins while another one holds the node, and goes on when that has committed. */
async function raced(server: Neo4jUnderTest, change: string): Promise<unknown> {
  await made(server, 0n);
  const [first, second] = [server.begin(), server.begin()];
  await first.run(MAKE, { v: 1n });
  const changed = underWay(second.run(change));
  await server.waiting(1);
  await first.commit();
  await changed;
  await second.commit();
  return (await seen(server, "MATCH (n:Thing {id: 'a'}) RETURN n.v AS v, n.w AS w"))[0];
}

/** What transactions of Neo4j see of each other: read-committed, and locks of those that write. */
export const GRAPH_VISIBILITY: Contract<Neo4jUnderTest> = {
  "what is not committed is seen by whoever wrote it, and by nobody else": async (it) => {
    await made(it, 1n);
    const [writer, reader] = [it.begin(), it.begin()];

    await writer.run(MAKE, { v: 2n });

    expect(await writer.run(SEE)).toEqual([{ v: 2n }]);
    expect(await reader.run(SEE)).toEqual([{ v: 1n }]);
    await reader.rollback();
    await writer.rollback();
    expect(await seen(it)).toEqual([{ v: 1n }]);
  },

  "a transaction sees what commits while it is open": async (it) => {
    await made(it, 1n);
    const reader = it.begin();
    expect(await reader.run(SEE)).toEqual([{ v: 1n }]);

    await made(it, 2n);

    expect(await reader.run(SEE)).toEqual([{ v: 2n }]);
    await reader.rollback();
  },

  "what is made or deleted and not committed is so for others neither": async (it) => {
    await made(it, 1n);
    const [writer, reader] = [it.begin(), it.begin()];

    await writer.run(DELETE);
    await writer.run("MERGE (n:Other {id: 'b'}) SET n.v = 1");

    expect(await writer.run(SEE)).toEqual([]);
    expect(await reader.run(SEE)).toEqual([{ v: 1n }]);
    expect(await reader.run("MATCH (n:Other) RETURN n.id AS id")).toEqual([]);
    await reader.rollback();
    await writer.commit();
    expect(await seen(it)).toEqual([]);
  },

  "a rolled back transaction leaves nothing": async (it) => {
    await made(it, 1n);
    const writer = it.begin();
    await writer.run(MAKE, { v: 2n });
    await writer.run("MERGE (n:Other {id: 'b'}) SET n.v = 1");

    await writer.rollback();

    expect(await seen(it)).toEqual([{ v: 1n }]);
    expect(await seen(it, "MATCH (n:Other) RETURN n.id AS id")).toEqual([]);
  },

  "a property that is made of itself is read under the lock": async (it) => {
    expect(await raced(it, "MATCH (n:Thing {id: 'a'}) SET n.v = n.v + 1")).toMatchObject({ v: 2n });
  },

  "so it is deep in an expression, as in an accumulation": async (it) => {
    const change = `
MATCH (n:Thing {id: 'a'})
SET n.v = CASE
  WHEN n.v IS :: INTEGER | FLOAT
  THEN reduce(sum = coalesce(n.v, 0), number IN [1, 1] | sum + number)
  ELSE 0
END`;

    expect(await raced(it, change)).toMatchObject({ v: 3n });
  },

  "what an earlier clause has locked is read as it is then": async (it) => {
    const change = "MATCH (n:Thing {id: 'a'}) SET n.lock = 1 WITH n, n.v AS v SET n.v = v + 1";

    expect(await raced(it, change)).toMatchObject({ v: 2n });
  },

  "what was read before the lock is not read again": async (it) => {
    const change = "MATCH (n:Thing {id: 'a'}) WITH n, n.v AS v SET n.v = v + 1";

    expect(await raced(it, change)).toMatchObject({ v: 1n });
  },

  "a property that is made of another one is read before the lock": async (it) => {
    expect(await raced(it, "MATCH (n:Thing {id: 'a'}) SET n.w = n.v + 10")).toMatchObject({
      v: 1n,
      w: 10n,
    });
  },

  "a property of a node that another one deletes meanwhile goes with it": async (it) => {
    await made(it, 1n);
    const [first, second] = [it.begin(), it.begin()];
    await first.run(DELETE);

    const changed = underWay(second.run("MATCH (n:Thing {id: 'a'}) SET n.v = 2 RETURN n.v AS v"));
    await it.waiting(1);
    await first.commit();

    expect(await changed).toEqual([{ v: null }]);
    await second.commit();
    expect(await seen(it)).toEqual([]);
  },

  "a label of a node that another one deletes meanwhile cannot be changed": async (it) => {
    await made(it, 1n);
    const [first, second] = [it.begin(), it.begin()];
    await first.run(DELETE);

    const changed = underWay(second.run("MATCH (n:Thing {id: 'a'}) REMOVE n:Other"));
    await it.waiting(1);
    await first.commit();

    await expect(changed).rejects.toMatchObject({
      code: "Neo.ClientError.Statement.EntityNotFound",
    });
    await second.rollback();
  },

  "after a failure nothing of a transaction is done, and what was sent meanwhile is told the same":
    async (it) => {
      const tx = it.begin();
      const sent = [
        tx.run(MAKE, { v: 1n }),
        tx.run("UNWIND [0] AS n RETURN 1 / n AS x"),
        tx.run(MAKE, { v: 2n }),
      ];

      const outcomes = await Promise.allSettled(sent);

      const failed = { reason: { code: "Neo.ClientError.Statement.ArithmeticError" } };
      expect(outcomes).toMatchObject([{ status: "fulfilled" }, failed, failed]);
      await expect(tx.commit()).rejects.toThrow();
      expect(await seen(it)).toEqual([]);
    },
};
