/** Why a call failed, in the words of the whole system. */
export type FailureKind =
  | "transient"
  | "fenced"
  | "too_big"
  | "poison"
  | "history_moved"
  | "unknown";

/** What follows from a failure; each is one layer's affair. */
export type FailureResponse = "retry" | "step_down" | "split" | "park" | "halt";

export const RESPONSE_TO: Readonly<Record<FailureKind, FailureResponse>> = {
  transient: "retry", // the same call may succeed later: network, election, deadlock
  fenced: "step_down", // another relay holds a newer epoch
  too_big: "split", // the batch, not an entry, is the problem
  poison: "park", // this can never succeed as it is; its neighbours can
  history_moved: "halt", // one side was restored from a backup; a person decides
  unknown: "halt", // in no table: keep everything and ask a person
};

/** A failed call, classified. */
export interface Failure {
  readonly kind: FailureKind;
  /** The server's or driver's own name for it, such as `DuplicateKey`; the error's name if it has none. */
  readonly code: string;
  /** What it said, for people. */
  readonly message: string;
  readonly cause: unknown;
}
