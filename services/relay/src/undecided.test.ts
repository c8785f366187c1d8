import { newEntryId } from "@outgraph/events";
import { expect, test } from "vitest";
import { at } from "./at.ts";
import { EntryBuffer } from "./entry-buffer.ts";
import type { PendingEntry } from "./pending-entry.ts";
import { relaySignals } from "./signals.ts";
import { entryOf } from "./test/entries.ts";
import { Undecided } from "./undecided.ts";

function pending(time: bigint): PendingEntry {
  const id = newEntryId();
  const committed = { ms: 0, coarse: false };
  return {
    id,
    at: at(time),
    entry: entryOf([], id),
    rows: 1,
    bytes: 1,
    committed,
    forget: () => {},
  };
}

test("the oldest that is undecided waits, is under way, or has no confirmed ack", async () => {
  const waiting = new EntryBuffer({ rowsMax: 10, bytesMax: 1_000 });
  const unconfirmed: { at: { min: bigint } }[] = [];
  const undecided = new Undecided(waiting, { unconfirmed } as never, relaySignals());
  expect(undecided.oldestAt).toBeUndefined();

  await waiting.push(pending(30n));
  expect(undecided.oldestAt).toBe(30n);

  undecided.begin([pending(20n)]);
  expect(undecided.oldestAt).toBe(20n);

  unconfirmed.push({ at: { min: 10n } });
  expect(undecided.oldestAt).toBe(10n);
});
