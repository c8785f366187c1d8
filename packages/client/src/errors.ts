import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, RetryInfoSchema, type Status } from "@outgraph/events";

/** One thing wrong with a request. */
export interface FieldViolation {
  /** Where, such as `writes[2].insert_one.document.bson`. */
  readonly field: string;
  readonly description: string;
}

/** What an error knows beyond its message. */
export interface ErrorFacts {
  /** The entry whose append failed; repeat with this id. Absent for calls that append nothing. */
  readonly entryId?: string;
  /** How often the call was tried. */
  readonly attempts: number;
}

/** A call failed. Each code of the contract has a class of its own, below. */
export class OutgraphError extends Error {
  override readonly name: string = "OutgraphError";
  /** The code as the contract writes it, such as `FAILED_PRECONDITION`. */
  readonly code: string;
  /** The fields at fault; empty unless the request was malformed. */
  readonly fieldViolations: readonly FieldViolation[];
  /** How long the service asks to wait before a repeat, in milliseconds, if it said so. */
  readonly retryAfterMs: number | undefined;
  readonly entryId: string | undefined;
  readonly attempts: number;

  constructor(cause: ConnectError, facts: ErrorFacts) {
    const entry = facts.entryId === undefined ? "" : ` (entry ${facts.entryId})`;
    super(`${cause.rawMessage}${entry}`, { cause });
    this.code = contractName(cause.code);
    this.fieldViolations = cause
      .findDetails(BadRequestSchema)
      .flatMap(({ fieldViolations }) => fieldViolations)
      .map(({ field, description }) => ({ field, description }));
    this.retryAfterMs = retryAfterMs(cause);
    this.entryId = facts.entryId;
    this.attempts = facts.attempts;
  }
}

/** INVALID_ARGUMENT: `fieldViolations` has the path of each field at fault. */
export class InvalidArgumentError extends OutgraphError {
  override readonly name = "InvalidArgumentError";
}
/** ALREADY_EXISTS: the id is known with other content, or a unique index refused a document. */
export class AlreadyExistsError extends OutgraphError {
  override readonly name = "AlreadyExistsError";
}
/** FAILED_PRECONDITION: a match count was not met, or the id is too old to be told from a repeat. */
export class FailedPreconditionError extends OutgraphError {
  override readonly name = "FailedPreconditionError";
}
/** ABORTED: conflicts with other transactions went on until the time was up; nothing was written. */
export class AbortedError extends OutgraphError {
  override readonly name = "AbortedError";
}
/** RESOURCE_EXHAUSTED: too large; or, with `retryAfterMs`, the backlog was at its cap all the time. */
export class ResourceExhaustedError extends OutgraphError {
  override readonly name = "ResourceExhaustedError";
}
/** UNAVAILABLE: the service or MongoDB was away all the time. Safe to repeat with the same id. */
export class UnavailableError extends OutgraphError {
  override readonly name = "UnavailableError";
}
/** DEADLINE_EXCEEDED: the time was up; the outcome is unknown. Repeat with the same id. */
export class DeadlineExceededError extends OutgraphError {
  override readonly name = "DeadlineExceededError";
}
/** CANCELLED: the caller's signal, or `close()`, ended the call; the outcome is unknown. */
export class CancelledError extends OutgraphError {
  override readonly name = "CancelledError";
}
/** NOT_FOUND: no such entry, or no such collection. */
export class NotFoundError extends OutgraphError {
  override readonly name = "NotFoundError";
}
/** UNIMPLEMENTED: a mutation that the service does not know; `fieldViolations` says which. */
export class UnimplementedError extends OutgraphError {
  override readonly name = "UnimplementedError";
}
/** UNAUTHENTICATED: no valid credentials. */
export class UnauthenticatedError extends OutgraphError {
  override readonly name = "UnauthenticatedError";
}
/** PERMISSION_DENIED: the collection, label or type is not for this caller, or for nobody. */
export class PermissionDeniedError extends OutgraphError {
  override readonly name = "PermissionDeniedError";
}
/** INTERNAL, and every code that the contract does not name. */
export class InternalError extends OutgraphError {
  override readonly name = "InternalError";
}

const CLASS_OF: Readonly<
  Record<Code, new (cause: ConnectError, facts: ErrorFacts) => OutgraphError>
> = {
  [Code.InvalidArgument]: InvalidArgumentError,
  [Code.AlreadyExists]: AlreadyExistsError,
  [Code.FailedPrecondition]: FailedPreconditionError,
  [Code.Aborted]: AbortedError,
  [Code.ResourceExhausted]: ResourceExhaustedError,
  [Code.Unavailable]: UnavailableError,
  [Code.DeadlineExceeded]: DeadlineExceededError,
  [Code.Canceled]: CancelledError,
  [Code.NotFound]: NotFoundError,
  [Code.Unimplemented]: UnimplementedError,
  [Code.Unauthenticated]: UnauthenticatedError,
  [Code.PermissionDenied]: PermissionDeniedError,
  [Code.Internal]: InternalError,
  [Code.Unknown]: InternalError,
  [Code.OutOfRange]: InternalError,
  [Code.DataLoss]: InternalError,
};

/** The typed error of what a call failed with. */
export function outgraphError(cause: ConnectError, facts: ErrorFacts): OutgraphError {
  return new CLASS_OF[cause.code](cause, facts);
}

/** What one of many appends failed with, as a call of its own would have thrown it. */
export function errorOfStatus({ code, message, details }: Status): ConnectError {
  const error = new ConnectError(message, code in Code ? code : Code.Unknown);
  error.details = details.map(({ typeUrl, value }) => ({
    type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1),
    value,
  }));
  error.isWireError = true; // the service said it, and no broken connection
  return error;
}

/** How long the service asks to wait, in milliseconds; undefined when it says nothing. */
export function retryAfterMs(error: ConnectError): number | undefined {
  const delay = error.findDetails(RetryInfoSchema)[0]?.retryDelay;
  return delay && Number(delay.seconds) * 1_000 + delay.nanos / 1_000_000;
}

/** `FailedPrecondition` → `FAILED_PRECONDITION`; `Canceled` as gRPC writes it. */
function contractName(code: Code): string {
  if (code === Code.Canceled) return "CANCELLED";
  return (Code[code] ?? "UNKNOWN").replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
