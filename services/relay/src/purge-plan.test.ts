import { type EntryId, entryIdFor } from "@outgraph/events";
import { expect, test } from "vitest";
import { AT_ZERO } from "./at.ts";
import { batchNumber } from "./lane.ts";
import { PURGE_ENTRIES_MAX, planPurge, planSkipped } from "./purge-plan.ts";

const HOUR = 3_600_000;
const untilMs = Date.parse("2026-05-01T12:00:00Z");
const idAt = (ms: number, text = "a"): EntryId => entryIdFor(new Date(ms), text);
const ack = (batch: bigint, entries: EntryId[]) => ({ batch: batchNumber(batch), entries });

test("the horizon is the greatest id time of what is deleted, no more", () => {
  const ids = [idAt(untilMs - HOUR), idAt(untilMs - 5), idAt(untilMs - 2 * HOUR)];

  const plan = planPurge({ found: [ack(1n, ids)], untilMs });

  expect(plan).toEqual({ horizonMs: untilMs - 5, parts: [{ entries: ids, acks: [1n] }] });
});

test("an id dated in the future raises nothing, and stays with its ack until its time", () => {
  const [early, late] = [idAt(untilMs - 1), idAt(untilMs + 10 * HOUR)];
  const found = [ack(1n, [early, late]), ack(2n, [early])];

  expect(planPurge({ found, untilMs })).toEqual({
    horizonMs: untilMs - 1,
    parts: [{ entries: [early, early], acks: [2n] }],
  });
  expect(planPurge({ found: [ack(1n, [late])], untilMs })).toBeUndefined();
  expect(planPurge({ found, untilMs: untilMs + 10 * HOUR })?.parts[0]?.acks).toEqual([1n, 2n]);
});

test("an ack goes with the last of its entries, however many parts these make", () => {
  const many = Array.from({ length: 2 * PURGE_ENTRIES_MAX + 1 }, (_, i) => idAt(untilMs, `${i}`));

  const plan = planPurge({ found: [ack(1n, many), ack(2n, [idAt(untilMs)])], untilMs });

  expect(plan?.parts.map(({ entries }) => entries.length)).toEqual([
    PURGE_ENTRIES_MAX,
    PURGE_ENTRIES_MAX,
    2,
  ]);
  expect(plan?.parts.map(({ acks }) => acks)).toEqual([[], [], [1n, 2n]]);
});

test("a skip stays when its entry goes", () => {
  const entry = idAt(untilMs);

  expect(planSkipped({ found: [{ entry, written: AT_ZERO }], untilMs })).toEqual({
    horizonMs: untilMs,
    parts: [{ entries: [entry], acks: [] }],
  });
});
