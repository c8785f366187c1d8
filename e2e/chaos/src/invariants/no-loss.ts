import { histories } from "../truth/fold.ts";
import { standing } from "../truth/standing.ts";
import { type Found, type Invariant, invariant } from "./invariant.ts";

/** Numbers below the first of a log went with a node that was deleted: `graph-is-fold` sees to those. */
export const noLoss: Invariant = invariant(
  "no-loss",
  "every committed entry that is not set aside or skipped took effect on each node it touches",
  [],
  function* (evidence): Generator<Found> {
    const { skipped, aside, pending } = standing(evidence);
    const nodes = new Map(evidence.graph.nodes.map((node) => [node.key, node]));
    const excused = new Set([...skipped, ...aside, ...pending]);
    for (const [key, history] of histories(evidence.ledger, skipped)) {
      const log = new Set(nodes.get(key)?.log);
      const born = history.findLast(({ does }) => does !== "write");
      for (const { entry, n, does } of history) {
        if (excused.has(entry) || does === "delete" || log.has(n)) continue;
        // What a later deletion took away is not lost; one that is itself pending may not have come.
        if (born !== undefined && n < born.n) continue;
        yield { what: `number ${n} is not in the log of ${key}`, entry, node: key };
      }
    }
    const { outbox, events } = evidence;
    if (outbox === undefined) return;
    const known = new Set([...outbox.stored, ...outbox.acks.flatMap(({ entries }) => entries)]);
    for (const event of events ?? []) {
      if (event.kind === "purged" || event.kind === "skipped") known.add(event.entry);
      if (event.kind === "acked") for (const entry of event.entries) known.add(entry);
    }
    for (const entry of outbox.aside.filter((id) => !known.has(id))) {
      yield { what: "it is set aside, and no longer stored", entry };
    }
  },
);
