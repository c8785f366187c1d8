import { insertOne, updateOne } from "@outgraph/client";
import { newEntryId } from "@outgraph/events";
import { waitUntil } from "@outgraph/stack";
import type { Case } from "../script.ts";

/** What a client does when the service, the wire or other transactions are in the way. */
export const FAULTS: readonly Case[] = [
  {
    name: "a lost reply",
    expect: ['replayed: inserted 1 "lost", matched 1 modified 1'],
    async play(on) {
      await on.append("count", { writes: [insertOne(on.collection, { _id: "count", n: 0 })] });
      await using wire = await on.wire();
      // HTTP/2 settles its settings with the first call: what comes back later is then a reply.
      await on.getEntry(newEntryId(), undefined, { to: wire });
      const id = on.id("lost");
      const dropped = wire.dropReplyAfter((bytes) => bytes.includes(id));
      const writes = [
        insertOne(on.collection, { _id: "lost" }),
        updateOne(on.collection, { _id: "count" }, { $inc: { n: 1 } }),
      ];
      const outcome = await on.append("lost", { writes }, { to: wire });
      await dropped;
      return [outcome];
    },
  },
  {
    name: "a connection that is cut, and heals while the client repeats",
    expect: ["committed"],
    async play(on) {
      await using wire = await on.wire();
      await on.getEntry(newEntryId(), undefined, { to: wire });
      wire.cut();
      const outcome = on.append("cut", {}, { to: wire });
      await wire.heal();
      return [await outcome];
    },
  },
  {
    name: "nobody there",
    expect: ["UNAVAILABLE"],
    play: async (on) => [await on.append("away", {}, { to: "away", timeoutMs: 1_500 })],
  },
  {
    name: "a service whose MongoDB is away",
    expect: ["UNAVAILABLE, retry after 500 ms"],
    refusals: ["unavailable"],
    play: async (on) => [await on.append("stranded", {}, { to: "stranded", timeoutMs: 1_500 })],
  },
  {
    name: "no answer until the time is up",
    expect: ["DEADLINE_EXCEEDED"],
    async play(on) {
      await using wire = await on.wire();
      wire.blackHole();
      const way = { to: wire, timeoutMs: 1_500, attemptTimeoutMs: 400 };
      return [await on.append("silent", {}, way)];
    },
  },
  {
    name: "a client that is closed while a call is under way",
    expect: ["CANCELLED"],
    refusals: ["cancelled"],
    async play(on) {
      await using wire = await on.wire();
      wire.blackHole();
      const outcome = on.append("closed", {}, { to: wire });
      await waitUntil(() => wire.connections > 0, {
        what: "the call is under way",
        timeoutMs: 30_000,
      });
      await on.close({ to: wire });
      return [await outcome];
    },
  },
  {
    name: "another transaction in the way until the time is up",
    expect: ["ABORTED, retry after 50 ms"],
    refusals: ["conflict"],
    async play(on) {
      await on.append("held", { writes: [insertOne(on.collection, { _id: "held" })] });
      await using _ = await on.grounds.hold(on.collection, "held");
      const write = updateOne(on.collection, { _id: "held" }, { $set: { by: "the append" } });
      // The service gives up after a second; the pause before a repeat is mostly longer than what is
      // left then. Where it is not, the time may run out in the next attempt: that is asked again.
      const way = { to: "hasty", timeoutMs: 8_000, delayMsMin: 60_000 } as const;
      let outcome = "DEADLINE_EXCEEDED";
      for (let calls = 0; calls < 4 && outcome === "DEADLINE_EXCEEDED"; calls++) {
        outcome = await on.append("conflict", { writes: [write] }, way);
      }
      return [outcome];
    },
  },
];
