import type { EntryId } from "@outgraph/events";

/** A field at fault, by its path in the request. */
export interface FieldFault {
  /** Such as `writes[2].insert_one.document.bson`. */
  readonly field: string;
  readonly message: string;
}

/** Why a call was refused, in the words of the contract. */
export type Refusal =
  /** The request breaks rules; always the same again. */
  | { readonly kind: "invalid"; readonly faults: readonly FieldFault[] }
  /** Mutations that this version cannot apply. */
  | { readonly kind: "unsupported"; readonly faults: readonly FieldFault[] }
  /** What nobody may write, or run. */
  | { readonly kind: "denied"; readonly faults: readonly FieldFault[] }
  | { readonly kind: "too_large"; readonly faults: readonly FieldFault[] }
  | { readonly kind: "collection_not_found"; readonly faults: readonly FieldFault[] }
  | { readonly kind: "id_reused"; readonly message: string }
  | { readonly kind: "id_expired"; readonly message: string }
  /** A unique index of the documents refused one. */
  | { readonly kind: "duplicate_document"; readonly faults: readonly FieldFault[] }
  | { readonly kind: "match_count"; readonly faults: readonly FieldFault[] }
  /** Other transactions were in the way until the time was up; nothing was written. */
  | { readonly kind: "conflict"; readonly message: string }
  | { readonly kind: "backlog_full"; readonly entries: number; readonly max: number }
  /** The service has as many appends in hand as it holds. */
  | { readonly kind: "too_busy"; readonly appends: number; readonly bytes: number }
  /** More calls wait for entries than the service holds. */
  | { readonly kind: "waits_full"; readonly max: number }
  /** MongoDB is away; nothing was written by this call, or only a repeat can tell. */
  | { readonly kind: "unavailable"; readonly message: string }
  /** The time is up and nobody can say whether it committed. */
  | { readonly kind: "outcome_unknown"; readonly message: string }
  /** The time is up and nothing was written. */
  | { readonly kind: "out_of_time"; readonly message: string }
  | { readonly kind: "cancelled" }
  /** What nobody foresaw; the caller is not told more, the log is. */
  | { readonly kind: "broken"; readonly error: unknown }
  | { readonly kind: "entry_not_found"; readonly id: EntryId | string };

export type RefusalKind = Refusal["kind"];

/** Whether a result is a refusal. */
export function isRefusal(result: object): result is Refusal {
  return "kind" in result;
}
