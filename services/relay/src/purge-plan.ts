import { type EntryId, entryIdTime } from "@outgraph/events";
import type { BatchNumber } from "./lane.ts";
import type { Old, OldAck, OldSkip, Purged } from "./purge-port.ts";

/** Most entries of one transaction: some tens of milliseconds of the server's time. */
export const PURGE_ENTRIES_MAX = 500;

/** What is to be purged, and what has to be said before. */
export interface PurgePlan {
  /** The purge horizon that all of it is at or below, in milliseconds since 1970. */
  readonly horizonMs: number;
  /** In this order, one transaction each. */
  readonly parts: readonly Purged[];
}

/**
 * How to purge old acks and what they name; undefined when there is nothing to purge.
 *
 * An entry whose id carries a later time than `untilMs` stays, and so does its ack: somebody's clock
 * is ahead, and a horizon raised to that time would refuse everybody else. An ack goes with the last
 * of its entries, so that no entry is ever there without it.
 */
export function planPurge({ found, untilMs }: Old<OldAck>): PurgePlan | undefined {
  const parts: { entries: EntryId[]; acks: BatchNumber[] }[] = [];
  let horizonMs = Number.NEGATIVE_INFINITY;
  for (const { batch, entries } of found) {
    for (const entry of entries) {
      const time = entryIdTime(entry);
      if (time > untilMs) continue;
      horizonMs = Math.max(horizonMs, time);
      roomIn(parts).entries.push(entry);
    }
    if (entries.every((entry) => entryIdTime(entry) <= untilMs))
      (parts.at(-1) ?? roomIn(parts)).acks.push(batch);
  }
  return parts.length === 0 ? undefined : { horizonMs, parts };
}

/** The same of skips. They themselves stay: they say who decided what, and why. */
export function planSkipped({ found, untilMs }: Old<OldSkip>): PurgePlan | undefined {
  const acks = found.map(({ entry }) => ({ batch: 0n as BatchNumber, entries: [entry] }));
  const plan = planPurge({ found: acks, untilMs });
  return plan && { ...plan, parts: plan.parts.map(({ entries }) => ({ entries, acks: [] })) };
}

function roomIn(parts: { entries: EntryId[]; acks: BatchNumber[] }[]): {
  entries: EntryId[];
  acks: BatchNumber[];
} {
  const last = parts.at(-1);
  if (last !== undefined && last.entries.length < PURGE_ENTRIES_MAX) return last;
  const next = { entries: [], acks: [] };
  parts.push(next);
  return next;
}
