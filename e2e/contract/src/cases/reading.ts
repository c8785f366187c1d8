import { insertOne } from "@outgraph/client";
import { newEntryId } from "@outgraph/events";
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
      return [await on.waitApplied([id], 60_000), await on.getEntry(id, on.request(id, said))];
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
    name: "reading what was never appended",
    expect: ["NOT_FOUND"],
    refusals: ["entry_not_found"],
    play: async (on) => [await on.getEntry(newEntryId())],
  },
];
