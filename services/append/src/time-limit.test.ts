import { expect, test } from "vitest";
import { within, workMs } from "./time-limit.ts";

test.each([
  ["without a deadline the service's own limit holds", undefined, 10_000, 10_000],
  ["a later deadline changes nothing", 60_000, 10_000, 10_000],
  ["a nearer one leaves time for the answer", 5_000, 10_000, 4_750],
  ["a tenth of it, when it is near", 1_000, 10_000, 900],
  ["at least something", 1, 10_000, 1],
  ["one that has passed leaves nothing", 0, 10_000, 0],
  ["nor does an older one", -5, 10_000, 0],
])("%s", (_, callerMs, most, ms) => {
  expect(workMs(callerMs, most)).toBe(ms);
});

test("what is not done in time is answered for, and goes on unwatched", async () => {
  const { signal } = new AbortController();
  const never = Promise.withResolvers<string>();

  expect(await within(Promise.resolve("done"), { timeoutMs: 60_000, signal }, String)).toBe("done");
  expect(await within(never.promise, { timeoutMs: 1, signal }, String)).toBe("deadline");
  never.reject(new Error("too late to matter"));
});

test("a caller that has gone is not waited for", async () => {
  const control = new AbortController();
  const late = within(
    new Promise<string>(() => {}),
    { timeoutMs: 60_000, signal: control.signal },
    String,
  );

  control.abort();

  expect(await late).toBe("cancelled");
});
