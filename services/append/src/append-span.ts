import type { AppendRequest } from "@outgraph/events";
import { codeName } from "@outgraph/rpc-server";
import { type Span, type SpanOutcome, type Tracing, traceParentOf } from "@outgraph/telemetry";
import type { Committed } from "./ports.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { CODE_OF } from "./refusal-status.ts";

/**
 * The span of one append; its `traceParent` is what the entry keeps, and what the relay's spans link
 * to. It is the child of what the append itself names, which goes before the call that carried it:
 * a client folds the appends of several callers into one call.
 */
export function appendSpan(
  tracing: Tracing,
  { entry, traceParent, writes }: AppendRequest,
  call: string | undefined,
): Span {
  const own = traceParentOf(traceParent);
  return tracing.start("outgraph append", {
    kind: "producer",
    parent: own ?? call,
    links: own === undefined || call === undefined ? [] : [call],
    attributes: {
      "outgraph.source": entry?.source ?? "",
      "outgraph.events": entry?.events.length ?? 0,
      "outgraph.writes": writes.length,
    },
  });
}

/** How the span of an append ends. */
export function appendOutcome(result: Committed | Refusal): SpanOutcome {
  if (isRefusal(result)) {
    const code = codeName(CODE_OF[result.kind]);
    return { attributes: { "outgraph.refused": result.kind }, error: code };
  }
  return {
    attributes: {
      "outgraph.entry.id": result.receipt.entryId,
      "outgraph.replayed": result.replayed,
    },
  };
}
