import { expect, test } from "vitest";
import type { CheckedAppend } from "./check-append.ts";
import { GroupCall } from "./group-call.ts";
import type { Committed } from "./ports.ts";
import type { Refusal } from "./refusal.ts";

const appends = ["a", "b"] as unknown as CheckedAppend[];
const done = { replayed: false } as Committed;
const answers = {
  late: (append: unknown, begun: boolean): Refusal => ({
    kind: begun ? "outcome_unknown" : "out_of_time",
    message: String(append),
  }),
};
const call = (timeoutMs: number, control = new AbortController()): GroupCall =>
  new GroupCall(appends, { timeoutMs, signal: control.signal }, answers);

test("a call has its answer when its last append has", async () => {
  const of = call(60_000);

  of.settle(1, done);
  expect(of.ended).toBe(false);
  of.settle(0, { kind: "cancelled" });

  expect(await of.results).toEqual([{ kind: "cancelled" }, done]);
  expect(of.ended).toBe(true);
});

test("when the time is up the rest is answered for, and a late result changes nothing", async () => {
  const of = call(1);
  of.begin(1);

  const results = await of.results;
  of.settle(1, done);

  expect(results).toEqual([
    { kind: "out_of_time", message: "a" },
    { kind: "outcome_unknown", message: "b" },
  ]);
  expect(await of.results).toBe(results);
});

test("an append that is certainly not committed is not called undecided", async () => {
  const of = call(1);
  of.begin(0);
  of.notBegun(0);
  of.settle(1, done);

  expect(await of.results).toEqual([{ kind: "out_of_time", message: "a" }, done]);
});

test("a caller that has gone is not waited for", async () => {
  const control = new AbortController();
  const of = call(60_000, control);
  of.settle(0, done);

  control.abort();

  expect(await of.results).toEqual([done, { kind: "cancelled" }]);
});

test("a call that is over before it begins has its answer at once", async () => {
  const control = new AbortController();
  control.abort();

  expect(call(60_000, control).ended).toBe(true);
  expect(call(0).ended).toBe(true);
});
