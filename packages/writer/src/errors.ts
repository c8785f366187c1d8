import { ENTRY_BYTES_MAX, type EntryId, type Receipt, type Violation } from "@outgraph/events";

/** `append` was called without a transaction in progress: a bug in the caller. Nothing was written. */
export class NoTransaction extends Error {
  override readonly name = "NoTransaction";

  constructor() {
    super(
      "append needs a session with a transaction in progress, the one that writes the documents; " +
        "transact starts one for you",
    );
  }
}

/** The entry breaks rules of the contract. Nothing was written. */
export class EntryInvalid extends Error {
  override readonly name = "EntryInvalid";
  /** Each with the path of the field at fault, such as `events[0].type`. */
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super(`the entry is invalid: ${listed(violations)}`);
    this.violations = violations;
  }
}

/** The entry holds mutations that this version cannot apply. Nothing was written. */
export class MutationUnsupported extends Error {
  override readonly name = "MutationUnsupported";
  /** Where they are. */
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super(`the entry cannot be applied: ${listed(violations)}`);
    this.violations = violations;
  }
}

/** The encoded entry is larger than `ENTRY_BYTES_MAX`. Nothing was written. */
export class EntryTooLarge extends Error {
  override readonly name = "EntryTooLarge";
  readonly entryId: EntryId;
  readonly bytes: number;

  constructor(entryId: EntryId, bytes: number) {
    super(`entry ${entryId} has ${bytes} bytes; at most ${ENTRY_BYTES_MAX} are taken`);
    this.entryId = entryId;
    this.bytes = bytes;
  }
}

/** The transaction has an entry already. The second one was not written; the first one stands. */
export class AlreadyAppended extends Error {
  override readonly name = "AlreadyAppended";

  constructor() {
    super(
      "this transaction has its entry already: one transaction, one entry. " +
        "transact is the unit of work that collects events with add, and appends them once",
    );
  }
}

/** The id is known with other content. Nothing was written. */
export class IdReused extends Error {
  override readonly name = "IdReused";
  readonly entryId: EntryId;

  constructor(entryId: EntryId) {
    super(`entry ${entryId} was appended before, with other content`);
    this.entryId = entryId;
  }
}

/** The id is known with equal content. Only from `append`: abort the transaction, its work is done. */
export class AlreadyCommitted extends Error {
  override readonly name = "AlreadyCommitted";
  readonly entryId: EntryId;
  /** What the first append returned. */
  readonly receipt: Receipt;

  constructor(entryId: EntryId, receipt: Receipt) {
    super(`entry ${entryId} was committed before, with equal content: abort this transaction`);
    this.entryId = entryId;
    this.receipt = receipt;
  }
}

/** The id is so old that its entry may have been purged, so nobody can say whether it was applied. */
export class IdExpired extends Error {
  override readonly name = "IdExpired";
  readonly entryId: EntryId;
  /** Ids that carry this time or an earlier one are refused. */
  readonly horizon: Date;

  constructor(entryId: EntryId, horizon: Date) {
    super(
      `entry ${entryId} carries a time at or below the purge horizon (${horizon.toISOString()}): ` +
        "if it was appended before, that may have been forgotten. Look whether its documents are there",
    );
    this.entryId = entryId;
    this.horizon = horizon;
  }
}

/** It may have committed or not: repeat the call with the same id to find out. */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";
  readonly entryId: EntryId | undefined;

  constructor(entryId: EntryId | undefined, cause: unknown) {
    super(
      `${entryId === undefined ? "the transaction" : `entry ${entryId}`} may have committed or ` +
        `not: ${messageOf(cause)}`,
      { cause },
    );
    this.entryId = entryId;
  }
}

/** Why a transaction was given up. */
export type GaveUpReason = "conflict" | "unavailable" | "deadline" | "cancelled";

/** Every attempt there was time for failed, for reasons that may pass. Nothing was written. */
export class TransactionGaveUp extends Error {
  override readonly name = "TransactionGaveUp";
  readonly entryId: EntryId | undefined;
  /** `deadline`: the first attempt itself took longer than there was time for. */
  readonly reason: GaveUpReason;
  readonly attempts: number;

  constructor(
    entryId: EntryId | undefined,
    reason: GaveUpReason,
    attempts: number,
    cause: unknown,
  ) {
    super(
      `nothing was written${entryId === undefined ? "" : ` for entry ${entryId}`}: gave up ` +
        `after ${attempts} attempts (${reason}): ${messageOf(cause)}`,
      { cause },
    );
    this.entryId = entryId;
    this.reason = reason;
    this.attempts = attempts;
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function listed(violations: readonly Violation[]): string {
  return violations.map(({ field, message }) => `${field}: ${message}`).join("; ");
}
