import type { Entry } from "@outgraph/events";
import { BrokenContract } from "./broken-contract.ts";
import { createEdgeRule, deleteEdgeRule, mergeEdgeRule } from "./edge-rules.ts";
import { EntryRefused } from "./entry-refused.ts";
import { matchRule } from "./match-rule.ts";
import { Names } from "./names.ts";
import { deleteNodeRule, mergeNodeRule } from "./node-rules.ts";
import { OpenSegment } from "./open-segment.ts";
import type { Rule } from "./rule.ts";
import type { Segment } from "./segment.ts";
import { type Step, stepOf } from "./steps.ts";

const RULES: { readonly [K in Step["kind"]]: Rule<Extract<Step, { kind: K }>> } = {
  mergeNode: mergeNodeRule,
  deleteNode: deleteNodeRule,
  mergeEdge: mergeEdgeRule,
  createEdge: createEdgeRule,
  deleteEdge: deleteEdgeRule,
  match: matchRule,
};

/**
 * The net effect of a batch: one row per node and edge, in as few segments as give the result that
 * the mutations give one by one.
 *
 * The result includes the refusals: a batch in which one mutation cannot be applied (a required end
 * that is absent, an accumulation on another type) fails as a whole, even when a later mutation
 * would have wiped out what failed. It does not include what is overwritten within the batch
 * otherwise: a value that Neo4j would not store is not noticed when the batch itself replaces it.
 *
 * Pure; costs about as much as reading the entries, and one sort of the rows. Property names, values
 * and labels are taken from the entries without copying: do not change the entries afterwards.
 *
 * @throws EntryRefused naming the first mutation that the contract or this version refuses.
 */
export function fold(entries: readonly Entry[]): Segment[] {
  const names = new Names();
  const segments: Segment[] = [];
  let open = new OpenSegment();
  for (const entry of entries) {
    for (const [e, event] of entry.events.entries()) {
      for (const [m, mutation] of event.mutations.entries()) {
        try {
          const step = stepOf(mutation, names);
          if (splits(open, step)) {
            segments.push(open.close());
            open = new OpenSegment();
          }
          take(open, step);
        } catch (error) {
          if (!(error instanceof BrokenContract)) throw error;
          throw new EntryRefused(entry.id, `events[${e}].mutations[${m}]`, error);
        }
      }
    }
  }
  if (!open.isEmpty) segments.push(open.close());
  return segments;
}

function splits<K extends Step["kind"]>(
  open: OpenSegment,
  step: Extract<Step, { kind: K }>,
): boolean {
  return !open.isEmpty && RULES[step.kind as K].splits(open, step);
}

function take<K extends Step["kind"]>(open: OpenSegment, step: Extract<Step, { kind: K }>): void {
  RULES[step.kind as K].take(open, step);
}
