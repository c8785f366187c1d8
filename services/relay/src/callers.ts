import { LINKS_MAX, parseTraceParent } from "@outgraph/telemetry";
import type { PendingEntry } from "./pending-entry.ts";

/**
 * The `traceparent`s of those whose entries these are: the first `LINKS_MAX` that are recorded, each
 * once. Who records nothing has nothing to be linked to, and would take the place of who does.
 */
export function callersOf(entries: readonly Pick<PendingEntry, "trace">[]): string[] {
  const callers = new Set<string>();
  for (const { trace } of entries) {
    if (callers.size === LINKS_MAX) break;
    if (trace !== undefined && parseTraceParent(trace)?.sampled === true) callers.add(trace);
  }
  return [...callers];
}
