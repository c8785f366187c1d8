export type {
  Appended,
  EntryStateName,
  Progress,
  StoredEntry,
  Waited,
  WriteResult,
} from "./answers.ts";
export type { AppendInput, EventInput } from "./append-input.ts";
export {
  type CallOptions,
  createOutgraphClient,
  type OutgraphClient,
} from "./client.ts";
export {
  AbortedError,
  AlreadyExistsError,
  CancelledError,
  DeadlineExceededError,
  FailedPreconditionError,
  type FieldViolation,
  InternalError,
  InvalidArgumentError,
  NotFoundError,
  OutgraphError,
  PermissionDeniedError,
  ResourceExhaustedError,
  UnauthenticatedError,
  UnavailableError,
  UnimplementedError,
} from "./errors.ts";
export type { ClientOptions, ServiceOptions, TlsOptions, Token } from "./options.ts";
export { createRelayClient, type ListOptions, type RelayClient } from "./relay-client.ts";
export type { RetryOptions } from "./retry.ts";
export type { Protocol } from "./transport.ts";
export type { UnitOfWork } from "./unit-of-work.ts";
export {
  deleteMany,
  deleteOne,
  documentOf,
  extendedJson,
  type FilteredOptions,
  insertOne,
  replaceOne,
  type UpdateOptions,
  type UpsertOptions,
  updateMany,
  updateOne,
  type WriteOptions,
} from "./writes.ts";
