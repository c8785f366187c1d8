import type { Evidence } from "../truth/evidence.ts";
import { answers } from "./answers.ts";
import { blastRadius } from "./blast-radius.ts";
import { documentAndEntry } from "./document-and-entry.ts";
import { drains } from "./drains.ts";
import { epoch } from "./epoch.ts";
import { graphIsFold } from "./graph-is-fold.ts";
import type { Invariant, Violation } from "./invariant.ts";
import { noDuplicate } from "./no-duplicate.ts";
import { noGhost } from "./no-ghost.ts";
import { noLoss } from "./no-loss.ts";
import { order } from "./order.ts";
import { purgeAfterAck } from "./purge-after-ack.ts";
import { seenWhole } from "./seen-whole.ts";

export type { Invariant, Part, Violation } from "./invariant.ts";

/** Everything that must hold of every run. */
export const INVARIANTS: readonly Invariant[] = [
  noLoss,
  noDuplicate,
  order,
  documentAndEntry,
  seenWhole,
  graphIsFold,
  noGhost,
  purgeAfterAck,
  epoch,
  drains,
  blastRadius,
  answers,
];

/** What a run is worth. */
export interface Verdict {
  readonly violations: readonly Violation[];
  /** The names of the invariants that were judged. */
  readonly judged: readonly string[];
  /** Those that were not, for want of a part of the evidence. */
  readonly notJudged: readonly string[];
}

/** Judges everything that there is evidence for. */
export function judge(evidence: Evidence): Verdict {
  const can = INVARIANTS.filter(({ needs }) => needs.every((part) => evidence[part] !== undefined));
  return {
    violations: can.flatMap((each) => each.judge(evidence)),
    judged: can.map(({ name }) => name),
    notJudged: INVARIANTS.filter((each) => !can.includes(each)).map(({ name }) => name),
  };
}
