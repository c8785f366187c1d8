import { expect, test } from "vitest";
import { type At, at } from "./at.ts";
import { ManualClock } from "./test/manual-clock.ts";
import { SLICE_ENTRIES, UnreadCount } from "./unread-count.ts";

const time = (count: number): At => at(BigInt(count));

/** An outbox of so many entries, at 1, 2, 3 …; counting a slice takes 30 ms. */
function outboxOf(entries: number) {
  const clock = new ManualClock();
  const outbox = { entries, counted: 0 };
  const count = new UnreadCount(async (after, limit) => {
    const left = Math.min(limit, Math.max(0, outbox.entries - Number(after)));
    outbox.counted += left;
    await clock.advance(30);
    return { entries: left, last: time(Number(after) + left) };
  }, clock);
  const look = (read: number): Promise<number> => count.look({ until: time(read), read });
  return { clock, outbox, count, look };
}

test("a small backlog is counted at once, and what is read is taken off", async () => {
  const { look, outbox } = outboxOf(1_000);

  expect(await look(100)).toBe(900);
  outbox.entries += 50;
  expect(await look(300)).toBe(750);
  expect(outbox.counted).toBe(950);
});

test("a look over a million costs no more than a look over a few", async () => {
  const { look, outbox } = outboxOf(1_000_000);

  const first = await look(1);
  expect(first).toBeGreaterThan(0);
  expect(outbox.counted).toBeLessThanOrEqual(4 * SLICE_ENTRIES);
  let last = first;
  for (let looks = 0; looks < 20; looks++) last = await look(1);
  expect(last).toBe(999_999);

  const before = outbox.counted;
  for (let looks = 0; looks < 20; looks++) await look(1);
  expect(outbox.counted).toBe(before);
});

test("a count is made anew after a minute, and stays what it was until that is done", async () => {
  const { look, outbox, clock } = outboxOf(200_000);
  while ((await look(1)) < 199_999);
  outbox.entries -= 10; // decided meanwhile by nobody that was counted
  await clock.advance(60_000);

  const told: number[] = [];
  for (let looks = 0; looks < 10; looks++) told.push(await look(1));

  expect(told[0]).toBe(199_999);
  expect(told.at(-1)).toBe(199_989);
  expect(Math.min(...told)).toBe(199_989);
});

test("a reader that has overtaken the count begins it anew, and one that waits for nothing ends it", async () => {
  const { look, count } = outboxOf(1_000_000);
  await look(1);

  expect(await look(999_000)).toBe(1_000);
  expect(await count.look(undefined)).toBe(0);
});
