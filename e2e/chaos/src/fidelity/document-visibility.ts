import { expect } from "vitest";
import type { Contract } from "./contract.ts";
import { someEntry } from "./entries.ts";
import type { MongoUnderTest } from "./mongo-under-test.ts";

const WRITE_CONFLICT = { code: 112, errorLabels: ["TransientTransactionError"] };

const NO_SUCH_TRANSACTION = { code: 251, errorLabels: ["TransientTransactionError"] };

const DUPLICATE_KEY = { code: 11_000, errorLabels: [] };

/** Adds one to a counter in a transaction of its own. */
async function counted(server: MongoUnderTest, key: string): Promise<void> {
  const tx = server.begin();
  await tx.increment(key);
  await tx.commit();
}

async function appended(server: MongoUnderTest, entry = someEntry()) {
  const tx = server.begin();
  await tx.append(entry);
  await tx.commit();
  return entry;
}

/** What transactions of MongoDB see of each other: snapshots, and conflicts of those that write. */
export const DOCUMENT_VISIBILITY: Contract<MongoUnderTest> = {
  "what is not committed is seen by whoever wrote it, and by nobody else": async (it) => {
    await counted(it, "a");
    const [writer, reader] = [it.begin(), it.begin()];
    const entry = someEntry();

    expect(await writer.increment("a")).toBe(2);
    await writer.append(entry);

    expect(await writer.read("a")).toBe(2);
    expect([...(await writer.places([entry.id])).keys()]).toEqual([entry.id]);
    expect(await reader.read("a")).toBe(1);
    expect((await reader.places([entry.id])).size).toBe(0);
    expect(await it.read("a")).toBe(1);
    await writer.abort();
    await reader.abort();
  },

  "a transaction sees what had committed at its first operation, whatever commits later": async (
    it,
  ) => {
    await counted(it, "a");
    const reader = it.begin();
    await counted(it, "a");
    expect(await reader.read("a")).toBe(2);

    await counted(it, "a");
    await counted(it, "b");
    const entry = await appended(it);

    expect(await reader.read("a")).toBe(2);
    expect(await reader.read("b")).toBeUndefined();
    expect((await reader.places([entry.id])).size).toBe(0);
    await reader.commit();
    expect(await it.read("a")).toBe(3);
  },

  "a commit that was answered is in every snapshot that is taken then": async (it) => {
    for (let n = 1; n <= 20; n++) {
      await counted(it, "a");
      const reader = it.begin();
      expect(await reader.read("a")).toBe(n);
      await reader.abort();
    }
  },

  "who changes what another one is changing is refused at once, and gone": async (it) => {
    const [first, second] = [it.begin(), it.begin()];
    await first.increment("a");
    await second.increment("b");

    await expect(second.increment("a")).rejects.toMatchObject(WRITE_CONFLICT);

    await expect(second.read("b")).rejects.toMatchObject(NO_SUCH_TRANSACTION);
    await first.commit();
    expect([await it.read("a"), await it.read("b")]).toEqual([1, undefined]);
  },

  "who changes what has changed since its snapshot is refused, and gone": async (it) => {
    const late = it.begin();
    expect(await late.read("a")).toBeUndefined();
    await late.increment("b");
    await counted(it, "a");

    await expect(late.increment("a")).rejects.toMatchObject(WRITE_CONFLICT);

    await expect(late.commit()).rejects.toMatchObject(NO_SUCH_TRANSACTION);
    expect([await it.read("a"), await it.read("b")]).toEqual([1, undefined]);
  },

  "two that only read what the other one changes both commit": async (it) => {
    const [first, second] = [it.begin(), it.begin()];
    expect([await first.read("b"), await second.read("a")]).toEqual([undefined, undefined]);

    await first.increment("a");
    await second.increment("b");
    await first.commit();
    await second.commit();

    expect([await it.read("a"), await it.read("b")]).toEqual([1, 1]);
  },

  "an aborted transaction leaves nothing, and is in nobody's way": async (it) => {
    const entry = someEntry();
    const [aborted, next] = [it.begin(), it.begin()];
    await aborted.increment("a");
    await aborted.append(entry);

    await aborted.abort();

    expect(await next.increment("a")).toBe(1);
    await next.append(entry);
    await next.commit();
    expect(await it.read("a")).toBe(1);
  },

  "an id that another one is inserting is a conflict, and so is one that came since the snapshot":
    async (it) => {
      const entry = someEntry();
      const [first, second, third] = [it.begin(), it.begin(), it.begin()];
      await third.read("a");
      await first.append(entry);
      await expect(second.append(entry)).rejects.toMatchObject(WRITE_CONFLICT);
      await first.commit();

      await expect(third.append(entry)).rejects.toMatchObject(WRITE_CONFLICT);
    },

  "an id that is in the snapshot is a duplicate, which does not pass, and the transaction is gone":
    async (it) => {
      const entry = await appended(it);
      const tx = it.begin();
      await tx.increment("a");

      await expect(tx.append(entry)).rejects.toMatchObject(DUPLICATE_KEY);

      await expect(tx.commit()).rejects.toMatchObject(NO_SUCH_TRANSACTION);
      expect(await it.read("a")).toBeUndefined();
    },

  "so it is for any document": async (it) => {
    const [first, second, third] = [it.begin(), it.begin(), it.begin()];
    await third.read("b");
    await first.insert("a");
    await expect(second.insert("a")).rejects.toMatchObject(WRITE_CONFLICT);
    await first.commit();
    await expect(third.insert("a")).rejects.toMatchObject(WRITE_CONFLICT);

    const last = it.begin();
    await expect(last.insert("a")).rejects.toMatchObject(DUPLICATE_KEY);
    await expect(last.commit()).rejects.toMatchObject(NO_SUCH_TRANSACTION);
  },

  "its own insert is in its way too": async (it) => {
    const entry = someEntry();
    const tx = it.begin();
    await tx.append(entry);

    await expect(tx.append(entry)).rejects.toMatchObject(DUPLICATE_KEY);

    await expect(tx.commit()).rejects.toMatchObject(NO_SUCH_TRANSACTION);
  },

  "what was purged since the snapshot is still in it, and cannot be inserted again there": async (
    it,
  ) => {
    const entry = await appended(it);
    const tx = it.begin();
    await tx.read("a");
    await it.purge(entry.id);

    expect((await tx.places([entry.id])).size).toBe(1);
    await expect(tx.append(entry)).rejects.toMatchObject({ code: expect.any(Number) });

    const next = it.begin();
    expect((await next.places([entry.id])).size).toBe(0);
    await next.append(entry);
    await next.commit();
  },

  "what came and went within the life of a snapshot cannot be inserted there": async (it) => {
    const entry = someEntry();
    const tx = it.begin();
    await tx.read("a");
    await appended(it, entry);
    await it.purge(entry.id);

    expect((await tx.places([entry.id])).size).toBe(0);
    await expect(tx.append(entry)).rejects.toMatchObject(WRITE_CONFLICT);
  },

  "a transaction that is open for too long is ended, and in nobody's way": async (it) => {
    await it.shortLived(async (passes) => {
      const idle = it.begin();
      await idle.increment("a");

      await passes();

      await counted(it, "a");
      await expect(idle.read("a")).rejects.toMatchObject(NO_SUCH_TRANSACTION);
      expect(await it.read("a")).toBe(1);
    });
  },
};
