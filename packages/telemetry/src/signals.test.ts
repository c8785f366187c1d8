import { expect, test } from "vitest";
import { signals } from "./signals.ts";

interface Told {
  "batch.applied": { entries: number };
  stopped: Record<string, never>;
}

test("every listener hears a signal, until it leaves", () => {
  const told = signals<Told>();
  const heard: number[] = [];
  told.on("batch.applied", ({ entries }) => heard.push(entries));
  const leave = told.on("batch.applied", ({ entries }) => heard.push(-entries));

  told.emit("batch.applied", { entries: 1 });
  leave();
  told.emit("batch.applied", { entries: 2 });

  expect(heard).toEqual([1, -1, 2]);
});

test("a listener that throws stops neither the others nor the caller", async () => {
  const told = signals<Told>();
  const heard: number[] = [];
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  told.on("batch.applied", () => {
    throw new Error("broken");
  });
  told.on("batch.applied", ({ entries }) => heard.push(entries));

  told.emit("batch.applied", { entries: 3 });

  expect(heard).toEqual([3]);
  expect((await warned).message).toContain("batch.applied failed: Error: broken");
});

test("next waits for the signal that is accepted, and ends with its abort signal", async () => {
  const told = signals<Told>();
  const big = told.next("batch.applied", ({ entries }) => entries > 10);
  const control = new AbortController();
  const never = told.next("stopped", undefined, control.signal);

  told.emit("batch.applied", { entries: 1 });
  told.emit("batch.applied", { entries: 11 });
  control.abort(new Error("enough"));

  expect(await big).toEqual({ entries: 11 });
  await expect(never).rejects.toThrow("enough");
});

test("a signal that is not listed does not compile", () => {
  const told = signals<Told>();
  // @ts-expect-error: no such signal
  told.emit("batch.lost", {});
  // @ts-expect-error: no such field
  told.emit("batch.applied", { rows: 1 });
});
