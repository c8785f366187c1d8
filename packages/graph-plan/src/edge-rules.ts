import { madeNode } from "./node-rules.ts";
import { canFail, newEdgeMerge, type OpenNode } from "./open-segment.ts";
import { type Rule, splitsMaking, splitsNaming } from "./rule.ts";
import type { Ends } from "./segment.ts";
import type { DeleteEdgeStep, MergeEdgeStep } from "./steps.ts";

export const mergeEdgeRule: Rule<MergeEdgeStep> = {
  splits(open, { edge, absentEnds, change }) {
    if (splitsNaming(open, edge.from) || splitsNaming(open, edge.to)) return true;
    if (absentEnds === "stub" && (splitsMaking(open, edge.from) || splitsMaking(open, edge.to))) {
      return true;
    }
    const merges = open.findPair(edge)?.merges;
    if (merges === undefined || merges.size === 0) return false;
    const [other] = merges.values();
    // Without a key it is any edge of the type, keyed ones too; and a key may be an ordinary
    // property to another shape. One shape a segment, so that each sees what the other did.
    if (other?.edge.shape !== edge.shape) return true;
    return merges.get(edge.keyText)?.change.takes(change) === false;
  },

  take(open, { edge, absentEnds, change }) {
    if (absentEnds === "stub") {
      madeNode(open, edge.from);
      madeNode(open, edge.to);
    }
    const { from, to, merges } = open.pair(edge);
    if (absentEnds === "if_present" && (isAbsent(from) || isAbsent(to))) return;
    const ends = lookForEnds(from, to, absentEnds === "require" ? "required" : "optional");
    let merge = merges.get(edge.keyText);
    if (merge === undefined) {
      merge = newEdgeMerge(edge, ends);
      merges.set(edge.keyText, merge);
    }
    // Between two looks at the same ends nothing made them, so the stricter look speaks for both.
    if (ends === "required") merge.ends = ends;
    merge.change.take(change);
  },
};

export const deleteEdgeRule: Rule<DeleteEdgeStep> = {
  splits(open, { edge }) {
    if (splitsNaming(open, edge.from) || splitsNaming(open, edge.to)) return true;
    const pair = open.findPair(edge);
    if (pair === undefined || pair.merges.size === 0) return false;
    if (isKeyed(edge.shape)) {
      const [other] = pair.merges.values();
      if (other?.edge.shape !== edge.shape) return true;
    }
    return canFail(pair);
  },

  take(open, { edge }) {
    const pair = open.pair(edge);
    if (isKeyed(edge.shape)) pair.merges.delete(edge.keyText);
    else pair.merges.clear();
    pair.deletes = (pair.deletes ?? new Map()).set(edge.keyText, edge);
  },
};

function isKeyed(shape: { readonly keys: readonly string[] }): boolean {
  return shape.keys.length > 0;
}

/** Certainly not there, unlike a node that only the graph knows of. */
function isAbsent(node: OpenNode): boolean {
  return node.deleted && node.merge === undefined;
}

/** Notes that an edge looks for the ends that only the graph knows of. */
function lookForEnds(from: OpenNode, to: OpenNode, ends: Ends): Ends {
  if (from.merge !== undefined && to.merge !== undefined) return "made";
  for (const node of [from, to]) node.lookedAt ||= node.merge === undefined;
  return ends;
}
