import type { Evidence } from "./evidence.ts";

/** Where the ledger's entries stand at the end. */
export interface Standing {
  /** Never to take effect: a person skipped them. */
  readonly skipped: ReadonlySet<string>;
  /** Parked, or blocked behind such, and not applied so far. */
  readonly aside: ReadonlySet<string>;
  /** Stored, and neither acked nor decided otherwise: they may be in the graph, or not yet. */
  readonly pending: ReadonlySet<string>;
}

/** Where each entry stands; where nothing is known of the outbox, all have been applied. */
export function standing({ outbox, events = [] }: Pick<Evidence, "outbox" | "events">): Standing {
  // A skip that was purged is known by its event alone.
  const skips = events.flatMap((event) => (event.kind === "skipped" ? [event.entry] : []));
  const skipped = new Set([...(outbox?.skipped ?? []), ...skips]);
  const acked = new Set(outbox?.acks.flatMap(({ entries }) => entries));
  const open = (id: string): boolean => !acked.has(id) && !skipped.has(id);
  const aside = new Set(outbox?.aside.filter(open));
  const pending = new Set(outbox?.stored.filter((id) => open(id) && !aside.has(id)));
  return { skipped, aside, pending };
}
