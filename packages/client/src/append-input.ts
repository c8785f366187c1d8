import { create, toBinary } from "@bufbuild/protobuf";
import { type Any, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  type AppendRequest,
  AppendRequestSchema,
  BadRequestSchema,
  type DocumentWrite,
  ENTRY_BYTES_MAX,
  EntrySchema,
  type Mutation,
  REQUEST_BYTES_MAX,
} from "@outgraph/events";
import { outgraphError } from "./errors.ts";
import { activeTraceParent } from "./trace-context.ts";

/** One typed fact, and what it changes in the graph. */
export interface EventInput {
  /** The name of its type, such as `shop.v1.OrderPlaced`. */
  readonly type: string;
  /** What it changes, in order. Default nothing: the event is for other consumers alone. */
  readonly mutations?: readonly Mutation[];
  /** When it happened, by your clock. */
  readonly occurredAt?: Date;
  /** The typed event itself, for other consumers. */
  readonly payload?: Any;
}

/** Documents and events for one transaction. */
export interface AppendInput {
  /**
   * The entry's id, a UUIDv7. Give one (`newEntryId()`, `entryIdFor(time, text)`) to make a repeat by
   * another process harmless too; the client makes one otherwise and keeps it for its own repeats.
   */
  readonly id?: string;
  readonly events: readonly EventInput[];
  /** Document writes, done in order. Default none. */
  readonly writes?: readonly DocumentWrite[];
  /** What order is kept by once a graph is fed by many lanes. */
  readonly partition?: string;
  /**
   * The W3C `traceparent` of what caused it, kept with the entry. Default that of the active
   * OpenTelemetry span.
   */
  readonly traceParent?: string;
}

/** An append that can be sent: it can be encoded, and is not too large. */
export interface SizedAppend {
  readonly request: AppendRequest;
  /** When encoded. */
  readonly bytes: number;
}

/**
 * The append as it is sent, every time the same.
 *
 * @throws InvalidArgumentError when a value has no encoding.
 * @throws ResourceExhaustedError above `REQUEST_BYTES_MAX`, or with the field `entry` above
 *   `ENTRY_BYTES_MAX`. Nothing was sent.
 */
export function sizedAppend(source: string, entryId: string, input: AppendInput): SizedAppend {
  const request = appendRequest(source, entryId, input);
  const bytes = sizeOf(request, entryId);
  // In the order in which the service looks, and with the fields that it names: a request that is too
  // large as a whole has none.
  if (bytes > REQUEST_BYTES_MAX) throw tooLarge(undefined, bytes, REQUEST_BYTES_MAX, entryId);
  const entryBytes =
    bytes > ENTRY_BYTES_MAX && request.entry ? toBinary(EntrySchema, request.entry).length : 0;
  if (entryBytes > ENTRY_BYTES_MAX) throw tooLarge("entry", entryBytes, ENTRY_BYTES_MAX, entryId);
  return { request, bytes };
}

function appendRequest(source: string, entryId: string, input: AppendInput): AppendRequest {
  return create(AppendRequestSchema, {
    entry: {
      id: entryId,
      source,
      partition: input.partition ?? "",
      events: input.events.map((event) => ({
        type: event.type,
        mutations: [...(event.mutations ?? [])],
        ...(event.occurredAt !== undefined && { occurredAt: timestampFromDate(event.occurredAt) }),
        ...(event.payload !== undefined && { payload: event.payload }),
      })),
    },
    writes: [...(input.writes ?? [])],
    traceParent: input.traceParent ?? activeTraceParent() ?? "",
  });
}

function sizeOf(request: AppendRequest, entryId: string): number {
  try {
    return toBinary(AppendRequestSchema, request).length;
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    const cause = new ConnectError(why, Code.InvalidArgument, undefined, undefined, reason);
    throw outgraphError(cause, { entryId, attempts: 0 });
  }
}

function tooLarge(field: "entry" | undefined, bytes: number, most: number, entryId: string): Error {
  const description = `the ${field ?? "request"} has ${bytes} bytes; at most ${most} are taken`;
  const fieldViolations = field === undefined ? [] : [{ field, description }];
  const fault = { desc: BadRequestSchema, value: { fieldViolations } };
  const cause = new ConnectError(description, Code.ResourceExhausted, undefined, [fault]);
  return outgraphError(cause, { entryId, attempts: 0 });
}
