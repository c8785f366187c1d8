import { expect, test } from "vitest";
import { type At, at } from "./at.ts";
import { CallFailed } from "./call-failed.ts";
import { type RelaySignals, relaySignals } from "./signals.ts";
import { survey } from "./survey.ts";
import { ManualClock } from "./test/manual-clock.ts";

const second = (n: number): At => at(BigInt(n) << 32n);
const failed = (kind: "transient" | "unknown", code: string) =>
  new CallFailed({ kind, code, message: `${code}!`, cause: undefined });

function given() {
  const clock = new ManualClock();
  const signals = relaySignals();
  const control = new AbortController();
  const surveyed: RelaySignals["surveyed"][] = [];
  const said: RelaySignals["survey.failed"][] = [];
  signals.on("surveyed", (found) => surveyed.push(found));
  signals.on("survey.failed", (what) => said.push(what));
  const world = {
    oplog: async () => ({ first: second(1_000), last: second(5_000) }),
    countStubs: async () => 7,
    readUpTo: second(4_000),
  };
  const done = survey(
    {
      outbox: { oplog: () => world.oplog() },
      graph: { countStubs: () => world.countStubs() },
      readUpTo: () => world.readUpTo,
    },
    {
      clock,
      signals,
      backoff: { firstMs: 1, mostMs: 1 },
      signal: control.signal,
      random: Math.random,
    },
  );
  return { clock, signals, control, surveyed, said, world, done };
}

test("the window goes from the oldest operation to the place up to which the stream was read", async () => {
  const { clock, control, surveyed, done } = given();
  await clock.advance(0);

  expect(surveyed).toEqual([{ oplogWindowMs: 3_000_000, stubs: 7 }]);
  control.abort();
  await done;
});

test("a stream with nothing in it was read to the end of the oplog", async () => {
  const { clock, signals, control, surveyed, done, world } = given();
  await clock.advance(14_000);
  signals.emit("stream.quiet", { wallMs: clock.wall() });
  await clock.advance(1_000);
  expect(surveyed.at(-1)?.oplogWindowMs).toBe(4_000_000);

  // Silent since: where it was read last counts again, and it may have fallen off.
  world.readUpTo = second(500);
  await clock.advance(15_000);
  expect(surveyed.at(-1)?.oplogWindowMs).toBe(0);
  control.abort();
  await done;
});

test("what may not be looked at is not known, which is said once; a passing failure is not said", async () => {
  const { clock, control, surveyed, said, done, world } = given();
  world.oplog = async () => {
    throw failed("unknown", "Unauthorized");
  };
  world.countStubs = async () => {
    throw failed("transient", "Away");
  };
  await clock.advance(60_000);

  expect(surveyed.at(-1)).toEqual({ oplogWindowMs: undefined, stubs: undefined });
  expect(said).toEqual([{ what: "oplog", message: "Unauthorized!" }]);
  control.abort();
  await done;
});

test("it ends with its signal, also while a server is silent", async () => {
  const { clock, control, surveyed, done, world } = given();
  world.countStubs = () => new Promise<number>(() => {});
  await clock.advance(15_000);

  control.abort();
  await done;
  expect(surveyed).toHaveLength(1);
});
