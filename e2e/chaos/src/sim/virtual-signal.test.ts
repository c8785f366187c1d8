import { expect, test } from "vitest";
import { anyOf, VirtualAbortController } from "./virtual-signal.ts";

/** What listeners of a signal are told, and what it says of itself. */
function story(control: AbortController, any: (signals: AbortSignal[]) => AbortSignal): unknown[] {
  const { signal } = control;
  const told: unknown[] = [];
  const late: unknown[] = [];
  const removed = (): unknown => told.push("removed");
  const twice = (): unknown => told.push("added twice");
  signal.addEventListener("abort", () => {
    told.push("first");
    signal.removeEventListener("abort", removed);
    signal.addEventListener("abort", () => late.push("late"));
  });
  signal.addEventListener("abort", removed, { once: true });
  signal.addEventListener("abort", twice);
  signal.addEventListener("abort", twice);
  const either = any([new AbortController().signal, signal]);
  either.addEventListener("abort", () => told.push(`either: ${either.reason}`));
  told.push(signal.aborted, either.aborted);
  control.abort("why");
  control.abort("why not");
  told.push(signal.aborted, signal.reason, either.aborted, any([signal]).aborted);
  return [...told, ...late];
}

test("a virtual signal tells its listeners what a real one does", () => {
  const real = story(new AbortController(), (signals) => AbortSignal.any(signals));

  expect(story(new VirtualAbortController(), anyOf)).toEqual(real);
  expect(real).toContain("first");
});

test("without a reason it is an AbortError, as of a real one", () => {
  const control = new VirtualAbortController();
  control.abort();

  expect(() => control.signal.throwIfAborted()).toThrow(
    expect.objectContaining({ name: "AbortError" }),
  );
});
