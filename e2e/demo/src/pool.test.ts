import { expect, test } from "vitest";
import { inParallel } from "./pool.ts";

test("items are begun in order, so many at a time, and all are done", async () => {
  const begun: number[] = [];
  let [now, most] = [0, 0];

  await inParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
    begun.push(item);
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
  });

  expect(begun).toEqual([1, 2, 3, 4, 5, 6]);
  expect(most).toBe(2);
});

test("the first error ends the work: what is not begun is left", async () => {
  const begun: number[] = [];

  const work = inParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
    begun.push(item);
    if (item === 2) throw new Error("no");
    await new Promise((resolve) => setImmediate(resolve));
  });

  await expect(work).rejects.toThrow("no");
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([1, 2]);
});
