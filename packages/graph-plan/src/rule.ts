import type { NodeName } from "./names.ts";
import type { OpenSegment } from "./open-segment.ts";

/** How one kind of step is folded into the open segment. */
export interface Rule<Step> {
  /** Whether folding it in would change the result, so that a new segment must begin with it. */
  splits(open: OpenSegment, step: Step): boolean;
  /** Folds it in. */
  take(open: OpenSegment, step: Step): void;
}

/**
 * A label that names nodes here in another shape, or that nodes here get besides their key label,
 * could give one node two names, and so two rows.
 */
export function splitsNaming(open: OpenSegment, { shape }: NodeName): boolean {
  const known = open.keyLabels.get(shape.label);
  return (known !== undefined && known !== shape) || open.extraLabels.has(shape.label);
}

/** A node that may be made here must not be seen by an edge that came before and looked for it. */
export function splitsMaking(open: OpenSegment, name: NodeName): boolean {
  const node = open.find(name);
  return node?.lookedAt === true && node.merge === undefined;
}
