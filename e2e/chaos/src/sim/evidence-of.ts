import type { OutboxChange } from "@outgraph/relay/test";
import type { Violation } from "../invariants/index.ts";
import type { Evidence, LedgerEntry, OutboxEvent } from "../truth/evidence.ts";
import { graphOf, sweptOf } from "./observer.ts";
import { sweeps } from "./operations.ts";
import type { World } from "./world.ts";

/** Everything that is known at the end of a run, but what was read meanwhile. */
export function evidenceOf({ documents, graph, outbox, clients, changes }: World): Evidence {
  const counters = Object.fromEntries(documents.all("counter ")) as Record<string, number>;
  const ids = Array.from(documents.all("document "), ([id]) => id);
  return {
    ledger: ledgerOf(documents),
    graph: graphOf(graph),
    history: clients.told,
    documents: { entries: ids, counters },
    outbox: {
      stored: outbox.stored.map(({ id }) => id),
      acks: Array.from(outbox.acks.values(), ({ batch, epoch, entries }) => ({
        batch: Number(batch),
        epoch: Number(epoch),
        entries,
      })),
      skipped: [...outbox.parking.skips.keys()],
      aside: [...outbox.parked],
    },
    events: changes.map(eventOf),
  };
}

function ledgerOf(documents: World["documents"]): LedgerEntry[] {
  return Array.from(documents.all("ledger "), ([, entry]) => entry as LedgerEntry);
}

function eventOf(change: OutboxChange): OutboxEvent {
  switch (change.kind) {
    case "acked": {
      const { kind, batch, epoch, entries } = change;
      return { kind, batch: Number(batch), epoch: Number(epoch), entries };
    }
    case "ack_purged":
      return { kind: change.kind, batch: Number(change.batch) };
    case "lease":
      return { kind: change.kind, epoch: Number(change.epoch) };
    default:
      return change;
  }
}

/**
 * What was set by match must be what comes of applying the entries one by one, in the order in which
 * the acks say that they were applied.
 */
export function sweepViolations(world: World, ledger: readonly LedgerEntry[]): Violation[] {
  const byId = new Map(ledger.map((entry) => [entry.id, entry]));
  const batches = new Map<bigint, readonly string[]>();
  for (const each of world.changes)
    if (each.kind === "acked") batches.set(each.batch, each.entries);
  const inOrder = [...batches].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, ids]) => ids);
  const wanted = new Map<string, number | undefined>();
  for (const id of inOrder) {
    const entry = byId.get(id);
    if (entry === undefined) continue; // the other invariants say so
    for (const { node, does } of entry.touches) {
      if (does !== "write") wanted.delete(node);
      if (does !== "delete" && !wanted.has(node)) wanted.set(node, undefined);
    }
    if (!sweeps(entry)) continue;
    for (const node of wanted.keys()) wanted.set(node, entry.touches[0]?.n);
  }
  const violations: Violation[] = [];
  for (const [node, swept] of sweptOf(world.graph)) {
    if (wanted.get(node) === swept) continue;
    const what = `history sets it to ${wanted.get(node)} by match, the graph has ${swept}`;
    violations.push({ invariant: "by-match", what, node });
  }
  return violations;
}
