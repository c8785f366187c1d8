import type { EdgeName } from "./names.ts";
import { madeNode } from "./node-rules.ts";
import { canFail, newEdgeMerge, type OpenNode, type OpenSegment } from "./open-segment.ts";
import { type Rule, splitsMaking, splitsNaming } from "./rule.ts";
import type { Ends } from "./segment.ts";
import type { AbsentEnds, CreateEdgeStep, DeleteEdgeStep, MergeEdgeStep } from "./steps.ts";

export const mergeEdgeRule: Rule<MergeEdgeStep> = {
  splits(open, { edge, absentEnds, change }) {
    if (splitsEnds(open, edge, absentEnds)) return true;
    const pair = open.findPair(edge);
    if (pair === undefined) return false;
    if (pair.creates !== undefined) return true; // it would match those
    const { merges } = pair;
    if (merges.size === 0) return false;
    const [other] = merges.values();
    // Without a key it is any edge of the type, keyed ones too; and a key may be an ordinary
    // property to another shape. One shape a segment, so that each sees what the other did.
    if (other?.edge.shape !== edge.shape) return true;
    return merges.get(edge.keyText)?.change.takes(change) === false;
  },

  take(open, { edge, absentEnds, change }) {
    const ends = takeEnds(open, edge, absentEnds);
    if (ends === "absent") return;
    const { merges } = open.pair(edge);
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

export const createEdgeRule: Rule<CreateEdgeStep> = {
  splits: (open, { edge, absentEnds }) => splitsEnds(open, edge, absentEnds),

  take(open, { edge, absentEnds, change }) {
    const ends = takeEnds(open, edge, absentEnds);
    if (ends === "absent") return;
    const made = newEdgeMerge(edge, ends);
    made.change.take(change);
    const pair = open.pair(edge);
    pair.creates ??= [];
    pair.creates.push(made);
  },
};

export const deleteEdgeRule: Rule<DeleteEdgeStep> = {
  splits(open, { edge }) {
    if (splitsNaming(open, edge.from) || splitsNaming(open, edge.to)) return true;
    const pair = open.findPair(edge);
    if (pair === undefined) return false;
    if (isKeyed(edge.shape)) {
      const [other] = pair.merges.values();
      if (other !== undefined && other.edge.shape !== edge.shape) return true;
      if (pair.creates !== undefined) return true; // some may have this key, some not
    }
    return canFail(pair);
  },

  take(open, { edge }) {
    const pair = open.pair(edge);
    if (isKeyed(edge.shape)) pair.merges.delete(edge.keyText);
    else {
      pair.merges.clear();
      pair.creates = undefined;
    }
    pair.deletes = (pair.deletes ?? new Map()).set(edge.keyText, edge);
  },
};

function isKeyed(shape: { readonly keys: readonly string[] }): boolean {
  return shape.keys.length > 0;
}

function splitsEnds(open: OpenSegment, { from, to }: EdgeName, absentEnds: AbsentEnds): boolean {
  if (splitsNaming(open, from) || splitsNaming(open, to)) return true;
  return absentEnds === "stub" && (splitsMaking(open, from) || splitsMaking(open, to));
}

/** What is known of the ends of an edge, once they are made or looked for. */
function takeEnds(open: OpenSegment, edge: EdgeName, absentEnds: AbsentEnds): Ends | "absent" {
  if (absentEnds === "stub") {
    madeNode(open, edge.from);
    madeNode(open, edge.to);
    return "made";
  }
  const ends = [open.node(edge.from), open.node(edge.to)];
  if (absentEnds === "if_present" && ends.some(isAbsent)) return "absent";
  if (ends.every((node) => node.merge !== undefined)) return "made";
  for (const node of ends) node.lookedAt ||= node.merge === undefined;
  return absentEnds === "require" ? "required" : "optional";
}

/** Certainly not there, unlike a node that only the graph knows of. */
function isAbsent(node: OpenNode): boolean {
  return node.deleted && node.merge === undefined;
}
