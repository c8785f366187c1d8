import { expect } from "vitest";
import type { Contract } from "./contract.ts";
import { someEntry } from "./entries.ts";
import type { MongoUnderTest } from "./mongo-under-test.ts";

const UNKNOWN = { errorLabels: expect.arrayContaining(["UnknownTransactionCommitResult"]) };

/** Commits whose answer their client does not get. */
export const UNKNOWN_COMMIT: Contract<MongoUnderTest> = {
  "a commit can be sent again, and says so again": async (it) => {
    const tx = it.begin();
    await tx.increment("a");

    await tx.commit();
    await tx.commit();

    expect(await it.read("a")).toBe(1);
  },

  "a commit whose answer is lost has taken effect; sent again, it says so": async (it) => {
    const entry = someEntry();
    const tx = it.beginFar("reply_lost");
    await tx.increment("a");
    await tx.append(entry);

    await expect(tx.commit()).rejects.toMatchObject(UNKNOWN);

    expect(await it.read("a")).toBe(1);
    await tx.commit();
    expect(await it.read("a")).toBe(1);
    expect((await it.outbox.storedEntries([entry.id])).length).toBe(1);
  },

  "a commit that is lost looks the same to its client; sent again, it takes effect": async (it) => {
    const entry = someEntry();
    const tx = it.beginFar("lost");
    await tx.increment("a");
    await tx.append(entry);

    await expect(tx.commit()).rejects.toMatchObject(UNKNOWN);

    expect(await it.read("a")).toBeUndefined();
    await tx.commit();
    expect(await it.read("a")).toBe(1);
    expect((await it.outbox.storedEntries([entry.id])).length).toBe(1);
  },
};
