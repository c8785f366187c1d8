import { expect, test } from "vitest";
import { Deadline } from "./deadline.ts";

const never = new Promise<never>(() => {});

test("before the deadline, a promise settles as it would have", async () => {
  const deadline = new Deadline({});
  await expect(deadline.race(Promise.resolve(7))).resolves.toBe(7);
  await expect(deadline.race(Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(deadline.pause(0)).resolves.toBe(true);
});

test("nothing is waited for past the deadline", async () => {
  const deadline = new Deadline({ timeoutMs: 1 });
  await expect(deadline.race(never)).rejects.toMatchObject({ reason: "deadline" });
  await expect(deadline.race(never)).rejects.toMatchObject({ reason: "deadline" });
  await expect(deadline.pause(3_600_000)).resolves.toBe(false);
});

test("a caller who cancels is told so", async () => {
  const cancel = new AbortController();
  const deadline = new Deadline({ signal: cancel.signal });
  const racing = deadline.race(never);
  const pausing = deadline.pause(3_600_000);
  cancel.abort();
  await expect(racing).rejects.toMatchObject({ reason: "cancelled" });
  await expect(pausing).resolves.toBe(false);
});

test("what has settled by now counts, also past the deadline", async () => {
  const deadline = new Deadline({ signal: AbortSignal.abort() });
  await expect(deadline.race(never)).rejects.toMatchObject({ reason: "cancelled" });
  await expect(deadline.race(Promise.resolve(7))).resolves.toBe(7);
});

test("a deadline that was let go of neither passes nor listens", async () => {
  const cancel = new AbortController();
  const deadline = new Deadline({ timeoutMs: 1, signal: cancel.signal });
  deadline.release();
  cancel.abort();
  await expect(deadline.pause(5)).resolves.toBe(true);
});

test.each([0, -1, Number.NaN, 3_600_001])("a timeout of %d ms is refused", (timeoutMs) => {
  expect(() => new Deadline({ timeoutMs })).toThrow(RangeError);
});
