import { shapeOf } from "./error-shape.ts";
import type { Failure, FailureKind } from "./failure.ts";
import { MONGO_CODES, MONGO_DRIVER_ERRORS, MONGO_LABELS } from "./mongo-codes.ts";
import { SYSTEM_ERRORS } from "./system-errors.ts";

/** What has become of a transaction whose `commitTransaction` failed so. */
export type CommitOutcome = "not_committed" | "unknown";

/** A failed call to MongoDB. */
export interface MongoFailure extends Failure {
  /** Whether another transaction was in the way (a write conflict, a lock). */
  readonly conflict: boolean;
  /**
   * What has become of the transaction, if the call was its commit. "unknown" unless the server
   * said that it aborted; so also for code 290, and for errors that carry no label at all.
   */
  readonly commit: CommitOutcome;
}

/** What an error of the MongoDB driver means: by label first, then code, then the error's name. */
export function classifyMongo(error: unknown): MongoFailure {
  const { name, message, code, codeName, labels } = shapeOf(unwrapped(error));
  const known = typeof code === "number" ? MONGO_CODES[code] : undefined;
  return {
    kind:
      kindByLabel(labels) ??
      known?.kind ??
      MONGO_DRIVER_ERRORS[name] ??
      SYSTEM_ERRORS[String(code)] ??
      "unknown",
    code: known?.name ?? codeName ?? (code === undefined ? name : String(code)),
    message,
    cause: error,
    conflict: known?.conflict === true,
    commit: commitOutcome(labels),
  };
}

// insertMany and bulkWrite put whatever went wrong, a lost connection too, into an error of their
// own, without its labels (seen with the driver 7.9). One about documents has a code itself.
function unwrapped(error: unknown): unknown {
  const { name, code, errorResponse } = (error ?? {}) as Record<string, unknown>;
  const wraps = name === "MongoBulkWriteError" && code === undefined;
  return wraps && errorResponse instanceof Error ? errorResponse : error;
}

function kindByLabel(labels: readonly string[]): FailureKind | undefined {
  for (const label of labels) {
    const kind = MONGO_LABELS[label];
    if (kind !== undefined) return kind;
  }
  return undefined;
}

// The server gives TransientTransactionError to a commit only after it made sure, on a majority,
// that no such transaction is there. Every other failure leaves the commit open.
function commitOutcome(labels: readonly string[]): CommitOutcome {
  return labels.includes("TransientTransactionError") &&
    !labels.includes("UnknownTransactionCommitResult")
    ? "not_committed"
    : "unknown";
}
