import { beforeEach, expect, test } from "vitest";
import { CallFailed } from "./call-failed.ts";
import { keepLease } from "./keep-lease.ts";
import { epoch } from "./lane.ts";
import { ManualClock } from "./test/manual-clock.ts";

const TTL_MS = 9_000;

let clock: ManualClock;
let said: string[];
let beatAt: number;
let renew: () => Promise<boolean>;
beforeEach(() => {
  clock = new ManualClock();
  said = [];
  beatAt = clock.now();
  renew = async () => true;
});

function kept(): () => Promise<void> {
  return keepLease(
    { holder: "a", epoch: epoch(1n), ttlMs: TTL_MS, askedAt: clock.now() },
    {
      renew: () => renew(),
      clock,
      beatAt: () => beatAt,
      told: {
        renewed: () => said.push("renewed"),
        failed: () => said.push("failed"),
        lost: (why) => said.push(why),
      },
    },
  );
}

test("a loop that is busy for most of a lease time keeps its lease", async () => {
  const stop = kept();

  await clock.advance(0.95 * TTL_MS);
  beatAt = clock.now();
  await clock.advance(0.95 * TTL_MS);

  expect(said).toEqual(["renewed", "renewed", "renewed", "renewed", "renewed"]);
  await stop();
});

test("a loop that does not turn for a lease time loses its lease then, and it is renewed no more", async () => {
  const stop = kept();

  await clock.advance(1_000);
  beatAt = clock.now();
  await clock.advance(TTL_MS - 1);
  expect(said).not.toContainEqual(expect.stringMatching(/did not turn/));
  await clock.advance(1);
  expect(said.at(-1)).toMatch(/did not turn for one lease time/);
  const sofar = said.length;
  beatAt = clock.now();
  await clock.advance(TTL_MS);

  expect(said).toHaveLength(sofar);
  await stop();
});

test("what nobody foresaw loses the lease, and is told", async () => {
  renew = () => Promise.reject(new Error("a bug"));
  const stop = kept();

  await clock.advance(TTL_MS);

  expect(said).toEqual(["the lease cannot be renewed: Error: a bug"]);
  await stop();
});

test("a store that is away costs the lease once its time is up, and is asked until then", async () => {
  const away = { kind: "transient", code: "Away", message: "away", cause: undefined } as const;
  renew = () => Promise.reject(new CallFailed(away));
  beatAt = Number.POSITIVE_INFINITY;
  const stop = kept();

  await clock.advance(TTL_MS - 1);
  expect(new Set(said)).toEqual(new Set(["failed"]));
  await clock.advance(2);

  expect(said.at(-1)).toMatch(/could not be renewed in time/);
  await stop();
});

test("nothing is told after the stop", async () => {
  const stop = kept();
  await clock.advance(0);
  await clock.until(stop());

  await clock.advance(3 * TTL_MS);

  expect(said).toEqual([]);
});
