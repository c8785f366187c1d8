import type { EntryId } from "@outgraph/events";
import { type At, atMs, type Reading } from "@outgraph/relay/test";
import { expect } from "vitest";
import type { Contract } from "./contract.ts";
import { someEntry } from "./entries.ts";
import type { MongoUnderTest } from "./mongo-under-test.ts";

/** What the stream tells of so many entries: when each was committed, in the order of the stream. */
async function told(reading: Reading, entries: number): Promise<Map<EntryId, At>> {
  const commits = new Map<EntryId, At>();
  while (commits.size < entries) {
    const event = await reading.next();
    if (event.kind === "entry") commits.set(event.entry.id, event.time);
  }
  await reading.close();
  return commits;
}

async function places({ outbox }: MongoUnderTest, ids: readonly EntryId[]): Promise<At[]> {
  const found = await outbox.positionsOf(ids);
  return ids.map((id) => found.get(id) as At);
}

/** When the server stamps what is inserted, and in which order its stream tells of commits. */
export const STAMPS: Contract<MongoUnderTest> = {
  "an entry is stamped when it is inserted; the stream tells of commits": async (it) => {
    const reading = await it.outbox.read();
    const [early, late] = [someEntry(), someEntry()];
    const [first, second] = [it.begin(), it.begin()];
    await first.append(early);
    await second.append(late);

    await second.commit();
    await first.commit();

    const commits = await told(reading, 2);
    expect([...commits.keys()]).toEqual([late.id, early.id]);
    const [earlyAt, lateAt] = (await places(it, [early.id, late.id])) as [At, At];
    expect(earlyAt).toBeLessThan(lateAt);
    expect(lateAt).toBeLessThan(commits.get(late.id) as At);
    expect(commits.get(late.id)).toBeLessThan(commits.get(early.id) as At);
  },

  "entries of one transaction have stamps of their own, in order, and one time of commit": async (
    it,
  ) => {
    const reading = await it.outbox.read();
    const entries = [someEntry(), someEntry(), someEntry(), someEntry()] as const;
    const ids = entries.map(({ id }) => id);
    const tx = it.begin();
    await tx.append(entries[0], entries[1]);
    await tx.increment("a");
    await tx.append(entries[2], entries[3]);
    await tx.commit();

    const commits = await told(reading, 4);

    expect([...commits.keys()]).toEqual(ids);
    expect(new Set(commits.values()).size).toBe(1);
    const stamps = await places(it, ids);
    expect(new Set(stamps).size).toBe(4);
    expect(stamps.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(stamps);
    expect(stamps[3]).toBeLessThan(commits.get(entries[3].id) as At);
  },

  "who inserts after a commit was answered is stamped after that commit": async (it) => {
    const reading = await it.outbox.read();
    const [before, after] = [someEntry(), someEntry()];
    const [first, second] = [it.begin(), it.begin()];
    await second.read("a"); // its snapshot is older: that does not matter
    await first.append(before);
    await first.commit();

    await second.append(after);
    await second.commit();

    const commits = await told(reading, 2);
    const [at] = await places(it, [after.id]);
    expect(at).toBeGreaterThan(commits.get(before.id) as At);
  },

  "a transaction sees its own stamps, and they stay": async (it) => {
    const entry = someEntry();
    const tx = it.begin();
    await tx.append(entry);

    const own = (await tx.places([entry.id])).get(entry.id);
    await tx.commit();

    expect(own).toBeGreaterThan(0n);
    expect(await places(it, [entry.id])).toEqual([own]);
    const reader = it.begin();
    expect((await reader.places([entry.id])).get(entry.id)).toBe(own);
    await reader.abort();
  },

  "the stamp of an aborted insert is not given again": async (it) => {
    const entry = someEntry();
    const tx = it.begin();
    await tx.append(entry);
    const first = (await tx.places([entry.id])).get(entry.id) as At;
    await tx.abort();

    const again = it.begin();
    await again.append(entry);
    await again.commit();

    expect((await places(it, [entry.id]))[0]).toBeGreaterThan(first);
  },

  "stamps are of the time of day": async (it) => {
    const entry = someEntry();
    const tx = it.begin();
    await tx.append(entry);
    await tx.commit();

    const [at] = (await places(it, [entry.id])) as [At];
    expect(Math.abs(atMs(at) - Date.now())).toBeLessThan(3_600_000);
  },

  "the stream tells nothing of what was aborted, and of what was purged that it came": async (
    it,
  ) => {
    const reading = await it.outbox.read();
    const [aborted, purged, last] = [someEntry(), someEntry(), someEntry()];
    const [first, second, third] = [it.begin(), it.begin(), it.begin()];
    await first.append(aborted);
    await first.abort();
    await second.append(purged);
    await second.commit();
    await it.purge(purged.id);
    await third.append(last);
    await third.commit();

    expect([...(await told(reading, 2)).keys()]).toEqual([purged.id, last.id]);
  },
};
