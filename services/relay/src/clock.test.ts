import { expect, onTestFinished, test } from "vitest";
import { SYSTEM_CLOCK } from "./clock.ts";

test("what was due already is over at once, and nobody is warned", async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on("warning", warned);
  onTestFinished(() => void process.off("warning", warned));

  await SYSTEM_CLOCK.sleep(-5_000);
  await SYSTEM_CLOCK.sleep(10); // a warning comes a turn later

  expect(warnings).toEqual([]);
});

test("a sleep ends when its signal aborts", async () => {
  const stop = new AbortController();
  const slept = SYSTEM_CLOCK.sleep(600_000, stop.signal);
  stop.abort();

  await slept;
});
