import { newEntryId } from "@outgraph/events";
import { Timestamp } from "mongodb";
import { expect, test } from "vitest";
import { batchAckDocument, skipDocument } from "./ack-document.ts";
import { deriveState, ENTRY_STATE } from "./derive-state.ts";
import { uuidOf } from "./entry-uuid.ts";
import type { ParkedDocument } from "./parked-document.ts";

const id = newEntryId();
const behind = newEntryId();
const at = new Timestamp({ t: 7, i: 1 });
const since = new Date(1_000);
const ackedAt = new Date(2_000);
const ack = batchAckDocument({
  lane: 0,
  batch: 3n,
  epoch: 1n,
  entries: [id],
  at: { min: at, max: at },
  ackedAt,
});
const skip = skipDocument({ entry: id, at, reason: "obsolete", by: "ann", skippedAt: ackedAt });
const waiting = { _id: uuidOf(id), at, attempts: 1, since } as const;
const parked: ParkedDocument = { ...waiting, kind: "parked", error: "no such end", conflicts: [] };
const blocked: ParkedDocument = { ...waiting, kind: "blocked", conflicts: [uuidOf(behind)] };

test("an entry that nothing else names is pending", () => {
  expect(deriveState({ stored: true })).toEqual({ state: "pending" });
});

test("an entry that is nowhere is not found", () => {
  expect(deriveState({ stored: false })).toEqual({ state: "not_found" });
});

test("a parked document tells why, a blocked one behind what", () => {
  expect(deriveState({ stored: true, parked })).toEqual({
    state: "parked",
    reason: "no such end",
    since,
  });
  expect(deriveState({ stored: true, parked: blocked })).toEqual({
    state: "blocked",
    behind: [behind],
    since,
  });
});

test.each([
  ["alone", { stored: true }],
  ["over a parked document that is still there", { stored: true, parked }],
  ["over a blocked document that is still there", { stored: true, parked: blocked }],
  ["over an entry that is purged already", { stored: false }],
])("an ack wins: %s", (_, evidence) => {
  expect(deriveState({ ...evidence, ack })).toEqual({ state: "applied", ackedAt });
  expect(deriveState({ ...evidence, ack: skip })).toEqual({
    state: "skipped",
    ackedAt,
    reason: "obsolete",
    by: "ann",
  });
});

test("a bookmark is handed on", () => {
  const evidence = { stored: true, ack: { ...ack, bookmark: "FB:1" } };
  expect(deriveState(evidence)).toEqual({ state: "applied", ackedAt, bookmark: "FB:1" });
});

test("every state has its own word in the contract", () => {
  const words = Object.values(ENTRY_STATE);
  expect(new Set(words).size).toBe(words.length);
  expect(words).not.toContain(0);
});

test("an ack does not count while its batch is not in the graph again, a skip always does", () => {
  const reapplying = (after?: bigint) =>
    ({ _id: "reapplying", epoch: 2n, ...(after !== undefined && { after }) }) as const;
  const evidence = { stored: true, ack, parked };

  expect(deriveState({ ...evidence, reapplying: reapplying(2n) })).toEqual({ state: "pending" });
  for (const said of [reapplying(3n), reapplying()]) {
    expect(deriveState({ ...evidence, reapplying: said })).toMatchObject({ state: "applied" });
  }
  expect(deriveState({ ...evidence, ack: skip, reapplying: reapplying(0n) })).toMatchObject({
    state: "skipped",
  });
});
