import { type Found, type Invariant, invariant } from "./invariant.ts";

export const purgeAfterAck: Invariant = invariant(
  "purge-after-ack",
  "an entry is purged only after an ack or a skip named it and the horizon stood at its id's time, " +
    "and an ack only after all its entries",
  ["events"],
  function* ({ events }): Generator<Found> {
    const decided = new Set<string>();
    const stored = new Set<string>();
    const acks = new Map<number, readonly string[]>();
    let horizonMs = -1;
    for (const event of events) {
      switch (event.kind) {
        case "appended":
          stored.add(event.entry);
          break;
        case "acked":
          acks.set(event.batch, event.entries);
          for (const entry of event.entries) decided.add(entry);
          break;
        case "skipped":
          decided.add(event.entry);
          break;
        case "horizon":
          if (event.ms < horizonMs) yield { what: `the horizon went back to ${event.ms}` };
          horizonMs = event.ms;
          break;
        case "purged": {
          const { entry } = event;
          stored.delete(entry);
          if (!decided.has(entry)) yield { what: "it was purged before any ack or skip", entry };
          if (idMs(entry) > horizonMs) {
            yield { what: `it was purged with the horizon at ${horizonMs}`, entry };
          }
          break;
        }
        case "ack_purged": {
          const left = acks.get(event.batch)?.find((entry) => stored.has(entry));
          if (left === undefined) break;
          yield { what: `the ack of batch ${event.batch} went before it`, entry: left };
        }
      }
    }
  },
);

/** The time that a UUIDv7 carries, in milliseconds since 1970. */
function idMs(entry: string): number {
  return Number.parseInt(entry.replaceAll("-", "").slice(0, 12), 16);
}
