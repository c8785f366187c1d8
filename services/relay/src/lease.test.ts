import { expect, test } from "vitest";
import { epoch } from "./lane.ts";
import { type Lease, renewalDueAt, renewalRetryMs, standbyPauseMs, trustedUntil } from "./lease.ts";

const lease: Lease = { holder: "a", epoch: epoch(1n), ttlMs: 9_000, askedAt: 1_000 };

test("a lease is trusted from when the store was asked, not from when it answered", () => {
  expect(trustedUntil(lease)).toBe(10_000);
});

test("there is time for two more tries after the first renewal fails", () => {
  const left = trustedUntil(lease) - renewalDueAt(lease);

  expect(renewalDueAt(lease)).toBe(4_000);
  expect(left).toBeGreaterThan(2 * renewalRetryMs(lease));
});

test.each([
  [60_000, 500],
  [300, 300],
  [0, 20],
])("a standby that has %d ms to wait looks again after %d ms", (remaining, pause) => {
  expect(standbyPauseMs(remaining)).toBe(pause);
});
