import { newEntryId } from "@outgraph/events";
import { expect, test } from "vitest";
import { AT_ZERO } from "./at.ts";
import { batches } from "./batches.ts";
import { EntryBuffer } from "./entry-buffer.ts";
import type { PendingEntry } from "./pending-entry.ts";
import { entryOf } from "./test/entries.ts";

const BOUNDS = { rowsMax: 10, bytesMax: 1_000 };

function pending({ rows = 1, bytes = 1 }: { rows?: number; bytes?: number } = {}): PendingEntry {
  const id = newEntryId();
  const committed = { ms: 0, coarse: false };
  return { id, at: AT_ZERO, entry: entryOf([], id), rows, bytes, committed, forget: () => {} };
}

const sizesOf = async (buffer: EntryBuffer): Promise<number[]> => {
  const sizes: number[] = [];
  while (buffer.entries > 0) sizes.push((await buffer.take())?.length ?? 0);
  return sizes;
};

test("a batch is what has arrived meanwhile", async () => {
  const buffer = new EntryBuffer(BOUNDS);
  const waiting = buffer.take();
  const first = pending();
  await buffer.push(first);
  expect(await waiting).toEqual([first]);

  await buffer.push(pending());
  await buffer.push(pending());
  expect(await buffer.take()).toHaveLength(2);
});

test.each([
  ["rows", { rows: 4 }, [2, 2, 1]],
  ["bytes", { bytes: 400 }, [2, 2, 1]],
])("a batch is cut at its %s", async (_, size, sizes) => {
  const buffer = new EntryBuffer(BOUNDS);
  for (let i = 0; i < 5; i++) void buffer.push(pending(size));

  expect(await sizesOf(buffer)).toEqual(sizes);
});

test("one entry beyond all bounds goes alone", async () => {
  const buffer = new EntryBuffer(BOUNDS);
  void buffer.push(pending());
  void buffer.push(pending({ rows: 99, bytes: 9_999 }));
  void buffer.push(pending());

  expect(await sizesOf(buffer)).toEqual([1, 1, 1]);
});

test("a reader waits when there is about a batch, and goes on when it is taken", async () => {
  const buffer = new EntryBuffer(BOUNDS);
  let room = false;
  void buffer.push(pending({ rows: 9 }));
  const pushed = buffer.push(pending()).then(() => {
    room = true;
  });
  await Promise.resolve();
  expect(room).toBe(false);

  await buffer.take();
  await pushed;
  expect(room).toBe(true);
});

test("order survives any number of takes", async () => {
  const buffer = new EntryBuffer(BOUNDS);
  const all = Array.from({ length: 200 }, () => pending());
  const taken: PendingEntry[] = [];
  for (const entry of all) {
    void buffer.push(entry);
    if (taken.length % 3 === 0 || buffer.entries > 7) taken.push(...((await buffer.take()) ?? []));
  }
  while (buffer.entries > 0) taken.push(...((await buffer.take()) ?? []));

  expect(taken).toEqual(all);
});

test("what reading threw reaches who takes, at once", async () => {
  async function* reading(): AsyncGenerator<PendingEntry> {
    yield pending();
    throw new Error("it broke");
  }
  const taken = batches(reading(), BOUNDS, new AbortController().signal);

  const all = async (): Promise<void> => {
    for await (const batch of taken) expect(batch.length).toBeLessThanOrEqual(1);
  };
  await expect(all()).rejects.toThrow("it broke");
});

test("a signal ends the taking at once, and leaves what waits", async () => {
  const stop = new AbortController();
  async function* reading(): AsyncGenerator<PendingEntry> {
    for (;;) yield pending();
  }
  const seen: number[] = [];
  for await (const batch of batches(reading(), BOUNDS, stop.signal)) {
    seen.push(batch.length);
    if (seen.length === 3) stop.abort();
  }

  expect(seen).toHaveLength(3);
});

test("once nobody takes any more, a reader that waited for room reads no further", async () => {
  const reads = { asked: 0 };
  const left = Promise.withResolvers<void>();
  async function* reading(): AsyncGenerator<PendingEntry> {
    try {
      for (;;) {
        reads.asked += 1;
        yield pending({ rows: BOUNDS.rowsMax });
      }
    } finally {
      left.resolve();
    }
  }
  for await (const _ of batches(reading(), BOUNDS, new AbortController().signal)) break;
  const { asked } = reads;
  await left.promise;

  expect(reads.asked).toBe(asked);
});
