import { compilePlan, fold, type Plan } from "@outgraph/graph-plan";
import { CallFailed } from "./call-failed.ts";
import type { PendingEntry } from "./pending-entry.ts";
import type { GraphPort } from "./ports.ts";

/**
 * The statements for a part of a batch, whose entries are needed in no other form then.
 *
 * @throws CallFailed `poison` when one of its entries has none, so that the part is cut down to it.
 */
export function planOf(part: readonly PendingEntry[], { encode }: GraphPort): Plan {
  try {
    const plan = compilePlan(fold(part.map(({ entry }) => entry)), { encode });
    for (const entry of part) entry.forget();
    return plan;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const message = `no statements for it: ${said}`;
    throw new CallFailed({ kind: "poison", code: "NoPlan", message, cause });
  }
}
