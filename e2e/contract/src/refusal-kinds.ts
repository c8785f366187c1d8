/** The kinds of refusal that the append service has; a test holds this list to the service's own. */
export const REFUSAL_KINDS = [
  "invalid",
  "unsupported",
  "denied",
  "too_large",
  "collection_not_found",
  "id_reused",
  "id_expired",
  "duplicate_document",
  "match_count",
  "conflict",
  "backlog_full",
  "too_busy",
  "broken",
  "waits_full",
  "unavailable",
  "outcome_unknown",
  "out_of_time",
  "cancelled",
  "entry_not_found",
] as const;

export type RefusalKind = (typeof REFUSAL_KINDS)[number];

/** Those without a row of their own, and why. */
export const NOT_PLAYED: Readonly<Partial<Record<RefusalKind, string>>> = {
  too_busy: "RESOURCE_EXHAUSTED with RetryInfo, as backlog_full; it takes thousands of appends",
  broken: "INTERNAL, for what nobody foresaw",
  waits_full: "RESOURCE_EXHAUSTED with RetryInfo, as backlog_full; it takes thousands of waits",
  out_of_time: "DEADLINE_EXCEEDED, as the client's own when nobody answers",
  outcome_unknown: "DEADLINE_EXCEEDED, as the client's own when nobody answers",
};
