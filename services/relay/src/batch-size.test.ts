import { expect, test } from "vitest";
import { BATCH_ROWS_FEW, BATCH_ROWS_LEAST, BatchSize, learningSize } from "./batch-size.ts";
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

test("it begins with few and doubles while batches are quick", () => {
  const size = new BatchSize(OPTIONS);

  expect(size.rowsMax).toBe(BATCH_ROWS_FEW);
  expect(run(size, 0.01, 5)).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
});

test("it settles where a batch takes about the target", () => {
  const size = new BatchSize(OPTIONS);

  const sizes = run(size, 0.5, 30);

  for (const rows of sizes.slice(10)) {
    expect(rows).toBeGreaterThanOrEqual(1_900);
    expect(rows).toBeLessThanOrEqual(2_000);
  }
});

test("it shrinks when batches get slow, and grows again when they are quick", () => {
  const size = new BatchSize(OPTIONS);
  run(size, 0.01, 10);

  expect(run(size, 1, 5).at(-1)).toBeLessThanOrEqual(1_000);
  expect(run(size, 0.01, 10).at(-1)).toBe(5_000);
});

test("one slow moment, or two, cost nothing", () => {
  const size = new BatchSize(OPTIONS);
  run(size, 0.01, 10);

  size.took(5_000, 60_000);
  size.took(5_000, 60_000);
  expect(size.rowsMax).toBe(5_000);

  size.took(5_000, 60_000);
  expect(size.rowsMax).toBe(1_250);
});

test("it never falls below what is too few to matter, however slow a cold start is", () => {
  const size = new BatchSize(OPTIONS);

  for (let n = 0; n < 20; n++) size.took(10, 2_000);
  expect(size.rowsMax).toBe(BATCH_ROWS_FEW);
});

test("a batch that was not full says nothing about a larger one", () => {
  const size = new BatchSize(OPTIONS);

  for (let i = 0; i < 20; i++) size.took(3, 1);

  expect(size.rowsMax).toBe(BATCH_ROWS_FEW);
});

test("what was too big is not tried again at once", () => {
  const size = new BatchSize(OPTIONS);
  run(size, 0.01, 10);

  size.wasTooBig(5_000);

  expect(size.rowsMax).toBe(2_500);
});

test("where even few were too big, fewer are let in, down to the least, until they are quick", () => {
  const size = new BatchSize(OPTIONS);

  size.wasTooBig(500);
  size.wasTooBig(250);
  expect(size.rowsMax).toBe(125);

  run(size, 10, 5);
  expect(size.rowsMax).toBe(125);

  size.wasTooBig(60);
  expect(size.rowsMax).toBe(BATCH_ROWS_LEAST);

  expect(run(size, 0.01, 8).at(-1)).toBe(5_000);
  expect(run(size, 10, 8).at(-1)).toBe(BATCH_ROWS_FEW);
});

test("the target is an eighth of the lease at most, and the rows never more than was said", () => {
  const quickLease = new BatchSize({ ...OPTIONS, leaseTtlMs: 800 });
  expect(run(quickLease, 0.1, 20).at(-1)).toBeLessThanOrEqual(1_000);

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
  expect(sized).toEqual([BATCH_ROWS_FEW, learned, BATCH_ROWS_FEW, 60]);
});
