import { create } from "@bufbuild/protobuf";
import { anyPack, durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  type BadRequest,
  BadRequestSchema,
  type RetryInfo,
  RetryInfoSchema,
  type Status,
  StatusSchema,
} from "@outgraph/events";
import type { FieldFault, Refusal, RefusalKind } from "./refusal.ts";

/** The contract's code for every refusal. */
export const CODE_OF: Readonly<Record<RefusalKind, Code>> = {
  invalid: Code.InvalidArgument,
  unsupported: Code.Unimplemented,
  denied: Code.PermissionDenied,
  too_large: Code.ResourceExhausted,
  collection_not_found: Code.NotFound,
  id_reused: Code.AlreadyExists,
  id_expired: Code.FailedPrecondition,
  duplicate_document: Code.AlreadyExists,
  match_count: Code.FailedPrecondition,
  conflict: Code.Aborted,
  backlog_full: Code.ResourceExhausted,
  too_busy: Code.ResourceExhausted,
  waits_full: Code.ResourceExhausted,
  unavailable: Code.Unavailable,
  outcome_unknown: Code.DeadlineExceeded,
  out_of_time: Code.DeadlineExceeded,
  cancelled: Code.Canceled,
  broken: Code.Internal,
  entry_not_found: Code.NotFound,
};

/** What the service asks callers to wait before they repeat, in milliseconds. */
const RETRY_AFTER_MS: Readonly<Partial<Record<RefusalKind, number>>> = {
  backlog_full: 5_000, // a full backlog drains in seconds at best
  too_busy: 250, // what is in hand is done in a few transactions
  waits_full: 1_000,
  conflict: 50,
  unavailable: 500, // an election takes some seconds; the first to come back should not wait long
};

/** The faults listed in an error; the rest is counted. */
const FAULTS_MAX = 50;

/** The refusal as an error of the RPC. */
export function refusalError(refusal: Refusal): ConnectError {
  const details = [
    ...badRequest(refusal).map((value) => ({ desc: BadRequestSchema, value })),
    ...retryInfo(refusal).map((value) => ({ desc: RetryInfoSchema, value })),
  ];
  return new ConnectError(messageOf(refusal), CODE_OF[refusal.kind], undefined, details);
}

/** The refusal as the result of one of many appends: the same code, message and details. */
export function refusalStatus(refusal: Refusal): Status {
  return create(StatusSchema, {
    code: CODE_OF[refusal.kind],
    message: messageOf(refusal),
    details: [
      ...badRequest(refusal).map((value) => anyPack(BadRequestSchema, value)),
      ...retryInfo(refusal).map((value) => anyPack(RetryInfoSchema, value)),
    ],
  });
}

function badRequest(refusal: Refusal): BadRequest[] {
  const faults = faultsOf(refusal);
  if (faults.length === 0) return [];
  const fieldViolations = faults
    .slice(0, FAULTS_MAX)
    .map(({ field, message }) => ({ field, description: message }));
  return [create(BadRequestSchema, { fieldViolations })];
}

function retryInfo(refusal: Refusal): RetryInfo[] {
  const ms = RETRY_AFTER_MS[refusal.kind];
  return ms === undefined ? [] : [create(RetryInfoSchema, { retryDelay: durationFromMs(ms) })];
}

function faultsOf(refusal: Refusal): readonly FieldFault[] {
  return "faults" in refusal ? refusal.faults : [];
}

function messageOf(refusal: Refusal): string {
  if ("faults" in refusal) return faultsMessage(refusal.faults);
  if ("message" in refusal) return refusal.message;
  switch (refusal.kind) {
    case "backlog_full":
      return `${refusal.entries} entries wait for the relay; at ${refusal.max} the service takes no more`;
    case "too_busy":
      return `${refusal.appends} appends of ${refusal.bytes} bytes are in hand; the service takes no more now`;
    case "broken":
      return "an error inside the service; its log has it";
    case "waits_full":
      return `${refusal.max} calls wait for entries already`;
    case "cancelled":
      return "the caller cancelled; whether it was written is unknown";
    case "entry_not_found":
      return `no entry ${refusal.id}: it was never committed, or was applied and purged`;
  }
}

function faultsMessage(faults: readonly FieldFault[]): string {
  const [first] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return first === undefined ? "" : `${first.field}: ${first.message}${more}`;
}
