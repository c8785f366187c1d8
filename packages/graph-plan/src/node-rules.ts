import type { NodeName } from "./names.ts";
import { canFail, emptyNodeMerge, type OpenNodeMerge, type OpenSegment } from "./open-segment.ts";
import { type Rule, splitsMaking, splitsNaming } from "./rule.ts";
import type { DeleteNodeStep, MergeNodeStep } from "./steps.ts";

export const mergeNodeRule: Rule<MergeNodeStep> = {
  splits: (open, step) =>
    splitsNaming(open, step.node) ||
    splitsMaking(open, step.node) ||
    step.addLabels.some((label) => open.keyLabels.has(label)) ||
    step.removeLabels.some((label) => open.keyLabels.has(label)) ||
    open.find(step.node)?.merge?.change.takes(step.change) === false,

  take(open, step) {
    const merge = madeNode(open, step.node);
    if (!step.stub) merge.stub = false;
    merge.change.take(step.change);
    for (const label of step.addLabels) {
      open.extraLabels.add(label);
      merge.removeLabels?.delete(label);
      merge.addLabels = (merge.addLabels ?? new Set()).add(label);
    }
    for (const label of step.removeLabels) {
      open.extraLabels.add(label);
      merge.addLabels?.delete(label);
      merge.removeLabels = (merge.removeLabels ?? new Set()).add(label);
    }
  },
};

export const deleteNodeRule: Rule<DeleteNodeStep> = {
  splits(open, { node: name }) {
    if (splitsNaming(open, name)) return true;
    const node = open.find(name);
    if (node === undefined) return false;
    // What may have to fail is not forgotten: an entry must not be poison in one cut of the batch only.
    return node.merge?.change.canFail === true || node.pairs?.some(canFail) === true;
  },

  take(open, { node: name }) {
    const node = open.node(name);
    node.deleted = true;
    node.merge = undefined;
    node.lookedAt = false; // the edges that looked for it go with it
    open.forgetEdgesAt(node);
  },
};

/** The merge that makes a node, as a stub unless it is there or made already. */
export function madeNode(open: OpenSegment, name: NodeName): OpenNodeMerge {
  const node = open.node(name);
  node.merge ??= emptyNodeMerge();
  return node.merge;
}
