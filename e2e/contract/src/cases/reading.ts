import { insertOne } from "@outgraph/client";
import { newEntryId } from "@outgraph/events";
import { appendRequest } from "../request.ts";
import type { Case } from "../script.ts";

/** Reading entries, and waiting for them. */
export const READING: readonly Case[] = [
  {
    name: "waiting for what was appended, and reading it",
    expect: ["applied acked, with a bookmark", 'applied, as appended: inserted 1 "read"'],
    async play(on) {
      const id = on.id("read");
      const said = { writes: [insertOne(on.collection, { _id: "read" })], partition: "p" };
      await on.append("read", said);
      return [await on.waitApplied([id], 60_000), await on.getEntry(id, appendRequest(id, said))];
    },
  },
  {
    name: "waiting for what a person has to look at, or has decided",
    expect: [
      "parked (no such end), blocked (waits behind the parked one), skipped acked (not wanted)",
    ],
    async play(on) {
      const { parked, blocked, skipped } = on.grounds.standing;
      return [await on.waitApplied([parked, blocked, skipped], 60_000, { to: "full" })];
    },
  },
  {
    name: "waiting in vain",
    expect: ["pending, not_found"],
    async play(on) {
      const { pending } = on.grounds.standing;
      return [await on.waitApplied([pending, newEntryId()], 500, { to: "full" })];
    },
  },
  {
    name: "waiting for what may have been purged",
    expect: ["not_found"],
    // At once: the time that it is given is longer than a call may take here.
    play: async (on) => [await on.waitApplied([on.id("purged", new Date(0))], 300_000)],
  },
  {
    name: "reading what was never appended",
    expect: ["NOT_FOUND"],
    refusals: ["entry_not_found"],
    play: async (on) => [await on.getEntry(newEntryId())],
  },
];
