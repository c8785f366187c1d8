import { type EntryId, EntryState } from "@outgraph/events";
import { type AckDocument, isSkip } from "./ack-document.ts";
import { entryIdOf } from "./entry-uuid.ts";
import type { ReapplyingDocument } from "./meta-document.ts";
import type { ParkedDocument } from "./parked-document.ts";

/** What the collections hold about one entry. */
export interface Evidence {
  /** Whether `outbox` has it. */
  readonly stored: boolean;
  /** The ack that names it. */
  readonly ack?: AckDocument | undefined;
  /** Its document in `outbox_parked`. */
  readonly parked?: ParkedDocument | undefined;
  /** The document that says how far a graph that was put back has come, if there is one. */
  readonly reapplying?: ReapplyingDocument | undefined;
}

/** How far an entry has come. */
export type EntryProgress =
  | { readonly state: "pending" }
  | { readonly state: "applied"; readonly ackedAt: Date; readonly bookmark?: string }
  | {
      readonly state: "skipped";
      readonly ackedAt: Date;
      readonly reason: string;
      readonly by: string;
    }
  | { readonly state: "parked"; readonly reason: string; readonly since: Date }
  | { readonly state: "blocked"; readonly behind: readonly EntryId[]; readonly since: Date }
  | { readonly state: "not_found" };

/**
 * How far an entry has come: state is never stored, only derived.
 *
 * An ack wins, also over a parked document, which is deleted only after the ack is confirmed, and
 * over a missing entry, which the purge deletes before the ack. Only where the graph was put back, and
 * the ack's batch is not in it yet again, the entry is pending.
 */
export function deriveState({ stored, ack, parked, reapplying }: Evidence): EntryProgress {
  if (ack !== undefined && isToReapply(ack, reapplying)) return { state: "pending" };
  if (ack !== undefined) {
    if (isSkip(ack)) {
      const { reason, by, at } = ack.skipped;
      return { state: "skipped", ackedAt: at, reason, by };
    }
    const { ackedAt, bookmark } = ack;
    return { state: "applied", ackedAt, ...(bookmark !== undefined && { bookmark }) };
  }
  if (parked !== undefined) {
    const { since } = parked;
    switch (parked.kind) {
      case "parked":
        return { state: "parked", reason: parked.error, since };
      case "blocked":
        return { state: "blocked", behind: parked.conflicts.map(entryIdOf), since };
    }
  }
  return { state: stored ? "pending" : "not_found" };
}

/** Whether the graph lacks the batch of this ack. A skip has no batch. */
function isToReapply(ack: AckDocument, reapplying: ReapplyingDocument | undefined): boolean {
  return reapplying?.after !== undefined && !isSkip(ack) && ack.batch > reapplying.after;
}

/** The contract's word for each state. */
export const ENTRY_STATE: Readonly<Record<EntryProgress["state"], EntryState>> = {
  pending: EntryState.PENDING,
  applied: EntryState.APPLIED,
  skipped: EntryState.SKIPPED,
  parked: EntryState.PARKED,
  blocked: EntryState.BLOCKED,
  not_found: EntryState.NOT_FOUND,
};
