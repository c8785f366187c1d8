import { expect, test } from "vitest";
import { BATCH_ROWS_FIRST, BATCH_ROWS_LEAST, BatchSize, learningSize } from "./batch-size.ts";
import { relaySignals } from "./signals.ts";

const OPTIONS = {
  batchRowsMax: 5_000,
  batchBytesMax: 1_000_000,
  batchTargetMs: 1_000,
  leaseTtlMs: 10_000,
};

/** Full batches one after another, each of which takes so long for each row, and a bit for itself. */
function run(size: BatchSize, msOfRow: number, batches: number, msOfBatch = 5): number[] {
  return Array.from({ length: batches }, () => {
    size.took(size.rowsMax, msOfBatch + size.rowsMax * msOfRow);
    return size.rowsMax;
  });
}

test("it begins small and doubles while batches are quick", () => {
  const size = new BatchSize(OPTIONS);

  expect(size.rowsMax).toBe(BATCH_ROWS_FIRST);
  expect(run(size, 0.01, 7)).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test("it settles where a batch takes half the target to the whole of it", () => {
  const size = new BatchSize(OPTIONS);

  const sizes = run(size, 1, 30);

  const settled = sizes.slice(10);
  for (const rows of settled) {
    expect(rows).toBeGreaterThanOrEqual(450);
    expect(rows).toBeLessThanOrEqual(1_000);
  }
});

test("it shrinks when batches get slow, and grows again when they are quick", () => {
  const size = new BatchSize(OPTIONS);
  run(size, 0.01, 10);

  const slow = run(size, 5, 5);
  expect(slow.at(-1)).toBeLessThanOrEqual(200);
  const quick = run(size, 0.01, 10);
  expect(quick.at(-1)).toBe(5_000);
});

test("one slow moment costs a quarter at worst", () => {
  const size = new BatchSize(OPTIONS);
  run(size, 0.01, 10);

  size.took(5_000, 60_000);

  expect(size.rowsMax).toBe(1_250);
});

test("it never falls below what is too few to matter", () => {
  const size = new BatchSize(OPTIONS);

  expect(run(size, 0, 20, 9_000).at(-1)).toBe(BATCH_ROWS_LEAST);
});

test("a batch that was not full says nothing about a larger one", () => {
  const size = new BatchSize(OPTIONS);

  for (let i = 0; i < 20; i++) size.took(3, 1);

  expect(size.rowsMax).toBe(BATCH_ROWS_FIRST);
});

test("what was too big is not tried again at once", () => {
  const size = new BatchSize(OPTIONS);
  run(size, 0.01, 10);

  size.wasTooBig(5_000);

  expect(size.rowsMax).toBe(2_500);
});

test("the target is an eighth of the lease at most, and the rows never more than was said", () => {
  const quickLease = new BatchSize({ ...OPTIONS, leaseTtlMs: 800 });
  expect(run(quickLease, 1, 20).at(-1)).toBeLessThanOrEqual(100);

  const few = new BatchSize({ ...OPTIONS, batchRowsMax: 3 });
  expect(few.rowsMax).toBe(3);
  expect(run(few, 0, 5).at(-1)).toBe(3);
});

test("a term that is over learns nothing more, and the next begins anew", () => {
  const signals = relaySignals();
  const sized: number[] = [];
  signals.on("batch.sized", ({ rowsMax }) => sized.push(rowsMax));
  const split = { entries: 1, kind: "too_big", message: "test" } as const;
  const first = new AbortController();
  const before = learningSize(OPTIONS, { signals, signal: first.signal });
  signals.emit("batch.split", { ...split, mutations: 160 });
  const learned = before.rowsMax;

  first.abort();
  learningSize(OPTIONS, { signals, signal: new AbortController().signal });
  signals.emit("batch.split", { ...split, mutations: 120 });

  expect(before.rowsMax).toBe(learned);
  expect(sized).toEqual([BATCH_ROWS_FIRST, learned, BATCH_ROWS_FIRST, 60]);
});
