import { create } from "@bufbuild/protobuf";
import {
  type AppendRequest,
  AppendRequestSchema,
  unsupportedMutations,
  type Violation,
  violationsOf,
} from "@outgraph/events";
import { SUPPORTED_MUTATIONS } from "@outgraph/graph-plan";
import type { Grants } from "@outgraph/rpc-server";
import { EntryTooLarge, type PreparedEntry, prepareEntry } from "@outgraph/writer";
import { type CheckedWrite, checkWrite, type WriteFaults } from "./checked-write.ts";
import { notGranted } from "./granted.ts";
import { deniedBecause } from "./namespaces.ts";
import type { FieldFault, Refusal } from "./refusal.ts";

/** Compiles the rules of the schema, which takes a second or so: at the start, not in the first call. */
export function compileRules(): void {
  violationsOf(AppendRequestSchema, create(AppendRequestSchema));
}

/** An append that keeps every rule that can be checked without MongoDB. */
export interface CheckedAppend {
  /** With its id, encoded and digested. */
  readonly entry: PreparedEntry;
  /** Whether the id came from the caller, so that it may be known already. */
  readonly idGiven: boolean;
  readonly writes: readonly CheckedWrite[];
  /** The size of the entry and the documents as they were sent. */
  readonly bytes: number;
}

/** What is not part of the request itself. */
export interface CheckOptions {
  /** The outbox's own, and where writes go that name none. */
  readonly database: string;
  /** The W3C `traceparent` that is kept with the entry. */
  readonly trace?: string;
  /** What its principal is granted; everything, when left out. */
  readonly grants?: Grants;
}

/**
 * Checks one append and makes it ready. Pure but for the id that it makes when there is none.
 *
 * Mutations of a newer version come first, so that they are never reported as something malformed;
 * then what is not granted, so that nothing else is looked at for who may not.
 */
export function checkAppend(
  request: AppendRequest,
  options: CheckOptions,
): CheckedAppend | Refusal {
  const { entry } = request;
  if (entry !== undefined) {
    const unsupported = unsupportedMutations(entry, SUPPORTED_MUTATIONS);
    if (unsupported.length > 0) {
      return { kind: "unsupported", faults: unsupported.map((found) => fault(found, "entry.")) };
    }
  }
  if (options.grants !== undefined) {
    const denied = notGranted(request, options.grants, options.database);
    if (denied.length > 0) return { kind: "denied", faults: denied };
  }
  const violations = violationsOf(AppendRequestSchema, request);
  if (entry === undefined || violations.length > 0) {
    return { kind: "invalid", faults: violations.map((found) => fault(found)) };
  }
  const faults: WriteFaults = { invalid: [], denied: [] };
  const writes: CheckedWrite[] = [];
  for (const [index, write] of request.writes.entries()) {
    const why = deniedBecause(
      write.database || options.database,
      write.collection,
      options.database,
    );
    if (why !== undefined)
      faults.denied.push({ field: `writes[${index}].collection`, message: why });
    const checked = checkWrite(write, index, options.database, faults);
    if (checked !== undefined) writes.push(checked);
  }
  if (faults.invalid.length > 0) return { kind: "invalid", faults: faults.invalid };
  if (faults.denied.length > 0) return { kind: "denied", faults: faults.denied };
  try {
    const { trace } = options;
    const prepared = prepareEntry(entry, {
      writes: request.writes,
      ...(trace !== undefined && { trace }),
    });
    const bytes = writes.reduce((sum, write) => sum + write.bytes, prepared.bytes.length);
    return { entry: prepared, idGiven: entry.id !== "", writes, bytes };
  } catch (error) {
    if (!(error instanceof EntryTooLarge)) throw error;
    return { kind: "too_large", faults: [{ field: "entry", message: error.message }] };
  }
}

function fault({ field, message }: Violation, prefix = ""): FieldFault {
  return { field: prefix + field, message };
}
