import { histories } from "../truth/fold.ts";
import { type Found, type Invariant, invariant } from "./invariant.ts";

export const documentAndEntry: Invariant = invariant(
  "document-and-entry",
  "documents and entry of one transaction are there together, or not at all",
  ["documents"],
  function* ({ ledger, documents, outbox, events }): Generator<Found> {
    const entries = new Set(ledger.map(({ id }) => id));
    if (entries.size < ledger.length) yield { what: "the ledger names an entry twice" };
    yield* differences(entries, new Set(documents.entries), "document");
    for (const [node, history] of histories(ledger)) {
      const count = documents.counters[node] ?? 0;
      const gap = history.findIndex(({ n }, i) => n !== i + 1);
      if (gap >= 0) {
        const what = `where number ${gap + 1} should stand, there is ${history[gap]?.n}`;
        yield { what, node };
      } else if (count !== history.length) {
        yield { what: `its counter is ${count}, and ${history.length} entries touch it`, node };
      }
    }
    if (outbox === undefined) return;
    const inOutbox = new Set([
      ...outbox.stored,
      ...outbox.skipped,
      ...outbox.acks.flatMap((ack) => ack.entries),
    ]);
    for (const event of events ?? []) if (event.kind === "appended") inOutbox.add(event.entry);
    // Purged entries can be told from missing ones only where somebody saw them come.
    const wanted = events === undefined ? entries.intersection(inOutbox) : entries;
    yield* differences(wanted, inOutbox, "outbox entry");
  },
);

function* differences(
  ledger: ReadonlySet<string>,
  other: ReadonlySet<string>,
  what: string,
): Generator<Found> {
  for (const entry of ledger.difference(other)) {
    yield { what: `it is in the ledger, and there is no ${what}`, entry };
  }
  for (const entry of other.difference(ledger)) {
    yield { what: `there is a ${what}, and it is not in the ledger`, entry };
  }
}
