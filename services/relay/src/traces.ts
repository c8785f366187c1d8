import type { Tracing } from "@outgraph/telemetry";
import type { Clock } from "./clock.ts";
import type { RelaySignalBus } from "./signals.ts";

/** A batch that is in the graph and whose ack is not confirmed yet. */
interface Unacked {
  readonly traceParent: string | undefined;
  readonly sinceMs: number;
}

/**
 * Makes a span of each batch, linked to the traces of those whose entries are in it; under it, what
 * its time went into: planning, waiting (for constraints, and for the ack of the batch whose place in
 * the ring it takes), committing, and its ack, which ends after the batch itself. An entry that is
 * parked has a span of its own, with its error.
 */
export function traceBatches(signals: RelaySignalBus, tracing: Tracing, clock: Clock): void {
  if (!tracing.on) return;
  const unacked = new Map<bigint, Unacked>();

  const part = (name: string, parent: string | undefined, startedMs: number, endedMs: number) =>
    tracing.start(name, { kind: "internal", parent, startedMs }).end({ endedMs });

  signals.on("batch.applied", (applied) => {
    const { epoch, batch, entries, rows, bytes, found, traces } = applied;
    const endedMs = clock.wall();
    const sentMs = endedMs - applied.durationMs;
    const plannedMs = sentMs - applied.waitedMs;
    const startedMs = plannedMs - applied.planMs;
    const span = tracing.start("outgraph batch", {
      kind: "consumer",
      links: traces,
      startedMs,
      attributes: {
        "outgraph.epoch": Number(epoch),
        "outgraph.batch": Number(batch),
        "outgraph.entries": entries,
        "outgraph.rows": rows,
        "outgraph.bytes": bytes,
        "outgraph.reply_lost": found,
      },
    });
    part("outgraph plan", span.traceParent, startedMs, plannedMs);
    if (applied.waitedMs >= 1) part("outgraph wait", span.traceParent, plannedMs, sentMs);
    part("outgraph commit", span.traceParent, sentMs, endedMs);
    span.end({ endedMs });
    unacked.set(batch, { traceParent: span.traceParent, sinceMs: endedMs });
  });
  signals.on("ack.confirmed", ({ batch: upTo }) => {
    const now = clock.wall();
    for (const [batch, { traceParent, sinceMs }] of unacked) {
      if (batch > upTo) continue;
      part("outgraph ack", traceParent, sinceMs, now);
      unacked.delete(batch);
    }
  });
  signals.on("entry.parked", ({ entry, source, kind, message, attempts, trace }) => {
    const span = tracing.start("outgraph park", {
      kind: "consumer",
      links: trace === undefined ? [] : [trace],
      attributes: {
        "outgraph.entry.id": entry,
        "outgraph.source": source,
        "outgraph.attempts": attempts,
        "error.type": kind,
      },
    });
    span.end({ error: message });
  });
  // What was not acked then, the next owner acks.
  signals.on("term.ended", () => unacked.clear());
}
