import { compilePlan, fold, type Plan } from "@outgraph/graph-plan";
import { CallFailed } from "./call-failed.ts";
import type { PendingEntry } from "./pending-entry.ts";
import type { GraphPort } from "./ports.ts";

/**
 * The statements for a part of a batch.
 *
 * @throws CallFailed `poison` when one of its entries has none, so that the part is cut down to it.
 */
export function planOf(part: readonly PendingEntry[], { encode }: GraphPort): Plan {
  try {
    return compilePlan(fold(part.map(({ entry }) => entry)), { encode });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const message = `no statements for it: ${said}`;
    throw new CallFailed({ kind: "poison", code: "NoPlan", message, cause });
  }
}
