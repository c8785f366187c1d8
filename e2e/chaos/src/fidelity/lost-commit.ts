import { expect } from "vitest";
import { type Contract, underWay } from "./contract.ts";
import type { Neo4jUnderTest } from "./neo4j-under-test.ts";

const LOCK = "MERGE (n:Lane {id: 0}) SET n.lock = 1 RETURN n.batch AS batch";

const ADVANCE = "MATCH (n:Lane {id: 0}) SET n.batch = $batch";

const TIMED_OUT = "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration";

const STOPPED = "Neo.ClientError.Transaction.LockClientStopped";

async function lane(server: Neo4jUnderTest): Promise<void> {
  const tx = server.begin();
  await tx.run(LOCK);
  await tx.run(ADVANCE, { batch: 1n });
  await tx.commit();
}

/** What is there, read as the journal is: under the lock, so that what is under way is decided first. */
async function batch(server: Neo4jUnderTest): Promise<unknown> {
  const tx = server.begin();
  const rows = await tx.run(LOCK);
  await tx.rollback();
  return rows[0]?.["batch"];
}

/** What becomes of a transaction whose end its client does not see. */
export const LOST_COMMIT: Contract<Neo4jUnderTest> = {
  "a COMMIT whose answer is lost has taken effect": async (it) => {
    await lane(it);
    const { tx } = it.beginFar("reply_lost");
    await tx.run(LOCK);
    await tx.run(ADVANCE, { batch: 2n });

    await expect(tx.commit()).rejects.toMatchObject({ code: "ServiceUnavailable" });

    expect(await batch(it)).toBe(2n);
  },

  "a COMMIT that is lost looks the same to its client, and takes none": async (it) => {
    await lane(it);
    const { tx } = it.beginFar("lost");
    await tx.run(LOCK);
    await tx.run(ADVANCE, { batch: 2n });

    await expect(tx.commit()).rejects.toMatchObject({ code: "ServiceUnavailable" });

    expect(await batch(it)).toBe(1n);
  },

  "a COMMIT that comes long after its client has given up takes effect; who locks first waits for it":
    async (it) => {
      await lane(it);
      const { tx, land } = it.beginFar("late");
      await tx.run(LOCK);
      await tx.run(ADVANCE, { batch: 2n });
      await expect(tx.commit()).rejects.toMatchObject({ code: "ServiceUnavailable" });

      const reader = it.begin();
      const unlocked = await reader.run("MATCH (n:Lane {id: 0}) RETURN n.batch AS batch");
      const locked = underWay(reader.run(LOCK));
      await it.waiting(1);
      land();

      expect(unlocked).toEqual([{ batch: 1n }]);
      expect(await locked).toEqual([{ batch: 2n }]);
      await reader.rollback();
    },

  "a client that goes leaves nothing, and no lock": async (it) => {
    await lane(it);
    const { tx, vanish } = it.beginFar();
    await tx.run(LOCK);
    await tx.run(ADVANCE, { batch: 2n });
    const next = it.begin();
    const locked = underWay(next.run(LOCK));
    await it.waiting(1);

    vanish();

    expect(await locked).toEqual([{ batch: 1n }]);
    await next.rollback();
  },

  "a transaction that is open for too long loses its locks, though its client says nothing": async (
    it,
  ) => {
    await lane(it);
    const paused = it.begin(1_000);
    await paused.run(LOCK);
    await paused.run(ADVANCE, { batch: 2n });

    expect(await batch(it)).toBe(1n);

    await expect(paused.commit()).rejects.toMatchObject({ code: TIMED_OUT });
    expect(await batch(it)).toBe(1n);
  },

  "one whose time is up while it waits for a lock is told otherwise": async (it) => {
    await lane(it);
    const [holder, waiter] = [it.begin(), it.begin(1_000)];
    await holder.run(LOCK);

    await expect(waiter.run(LOCK)).rejects.toMatchObject({ code: STOPPED });

    await waiter.rollback();
    await holder.rollback();
  },
};
