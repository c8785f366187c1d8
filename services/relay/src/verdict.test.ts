import { type EntryId, newEntryId } from "@outgraph/events";
import { expect, test } from "vitest";
import type { Journal } from "./journal.ts";
import { type BatchNumber, batchNumber, epoch } from "./lane.ts";
import { verdict } from "./verdict.ts";

const mine = { epoch: epoch(4n), number: batchNumber(10n) };
const [a, b] = [newEntryId(), newEntryId()];
const journal = (at: bigint, batch: bigint, ring: [bigint, EntryId[]][] = []): Journal => ({
  epoch: epoch(at),
  batch: batchNumber(batch),
  ring: new Map(ring as [BatchNumber, EntryId[]][]),
});

test("a newer epoch means another owner, whatever the batch", () => {
  expect(verdict(journal(5n, 10n, [[10n, [a]]]), mine)).toEqual({ kind: "fenced", epoch: 5n });
  expect(verdict(journal(5n, 9n), mine).kind).toBe("fenced");
});

test("the batch before mine means that nothing was applied", () => {
  expect(verdict(journal(4n, 9n), mine)).toEqual({ kind: "not_applied" });
});

test("my number means that what the ring names was applied, whether or not it is my batch", () => {
  const said = verdict(journal(4n, 10n, [[10n, [a, b]]]), mine);

  expect(said).toEqual({ kind: "committed", entries: [a, b] });
});

test.each([
  ["no journal", undefined],
  ["an older epoch", journal(3n, 9n)],
  ["a batch long gone", journal(4n, 5n)],
  ["a batch to come", journal(4n, 11n, [[11n, [a]]])],
  ["my number without entries", journal(4n, 10n)],
])("%s means that history moved", (_, found) => {
  expect(verdict(found, mine).kind).toBe("history_moved");
});
