import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import {
  APPENDS_MAX,
  type AppendRequest,
  AppendResponseSchema,
  type AppendResult,
  AppendResultSchema,
  type EntryId,
  type EntryProgress,
  EntryProgressSchema,
  EntryState,
  GetEntryRequestSchema,
  isEntryId,
  type OutboxService,
  ReceiptSchema,
  violationsOf,
  WaitAppliedRequestSchema,
} from "@outgraph/events";
import { bookmarksIn, ENTRY_STATE, logicalTimeOf, progressReason } from "@outgraph/outbox";
import { CALL_TRACE, principalOf } from "@outgraph/rpc-server";
import { type AppendParts, type AppendRules, appendAll } from "./append.ts";
import { entryNotGranted } from "./granted.ts";
import type { CallLimit, Committed, EntryStates, KnownProgress } from "./ports.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { refusalError, refusalStatus } from "./refusal-status.ts";
import { workMs } from "./time-limit.ts";
import type { WaitBoard } from "./wait-board.ts";

/** What the service is made of. */
export interface ServiceParts extends AppendParts {
  readonly states: EntryStates;
  readonly board: WaitBoard;
  /** What the caller is told of an error that a port threw; undefined for one nobody foresaw. */
  readonly refusalOf: (error: unknown) => Refusal | undefined;
}

/** What holds for every call. */
export interface ServiceRules extends AppendRules {
  /** How long an append may take when its caller has no deadline, or a later one, in milliseconds. */
  readonly appendTimeoutMs: number;
}

/** How long a wait takes when it does not say, in milliseconds. */
const WAIT_MS_DEFAULT = 30_000;

/** The contract's `OutboxService`. */
export function outboxService(
  parts: ServiceParts,
  rules: ServiceRules,
): ServiceImpl<typeof OutboxService> {
  const appends = async (
    requests: readonly AppendRequest[],
    context: HandlerContext,
  ): Promise<(Committed | Refusal)[]> => {
    const trace = context.values.get(CALL_TRACE);
    const principal = principalOf(context);
    const limit = limitOf(context, rules.appendTimeoutMs);
    return await appendAll(requests, parts, rules, {
      ...limit,
      ...(trace !== undefined && { trace }),
      ...(principal !== undefined && { grants: principal.grants }),
    });
  };
  const refused = (refusal: Refusal, { signal }: HandlerContext): ConnectError =>
    // A call ends by its deadline or by our own stop, too: the signal knows which.
    refusal.kind === "cancelled" && signal.reason instanceof ConnectError
      ? signal.reason
      : refusalError(refusal);
  const asked = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      const refusal = parts.refusalOf(error);
      throw refusal === undefined ? error : refusalError(refusal);
    }
  };

  return {
    async append(request, context) {
      const [result] = await appends([request], context);
      if (result === undefined) throw new TypeError("an append has a result");
      if (isRefusal(result)) throw refused(result, context);
      return create(AppendResponseSchema, result);
    },

    async appendMany(request, context) {
      const count = request.appends.length;
      if (count < 1 || count > APPENDS_MAX) {
        const message = `must hold 1 to ${APPENDS_MAX} appends, not ${count}`;
        throw refusalError({ kind: "invalid", faults: [{ field: "appends", message }] });
      }
      return { results: (await appends(request.appends, context)).map(resultOf) };
    },

    async getEntry(request, context) {
      refuseInvalid(violationsOf(GetEntryRequestSchema, request));
      const id = request.id.toLowerCase();
      const found = isEntryId(id) ? await asked(parts.states.find(id)) : undefined;
      if (found === undefined) throw refusalError({ kind: "entry_not_found", id });
      const { entry, progress } = found;
      const grants = principalOf(context)?.grants;
      if (grants !== undefined && entryNotGranted(entry.entry, grants).length > 0) {
        const message = "has labels or edge types that are not granted";
        throw refusalError({ kind: "denied", faults: [{ field: "entry", message }] });
      }
      return {
        entry: entry.entry,
        state: ENTRY_STATE[progress.state],
        at: logicalTimeOf(entry.at),
        receipt: entry.receipt ?? create(ReceiptSchema, { entryId: entry.id }),
        reason: progressReason(progress),
      };
    },

    async waitApplied(request, context) {
      refuseInvalid(violationsOf(WaitAppliedRequestSchema, request));
      const { timeout } = request;
      const askedMs =
        timeout === undefined
          ? WAIT_MS_DEFAULT
          : Number(timeout.seconds) * 1_000 + timeout.nanos / 1_000_000;
      const ids = request.ids.map((id) => id.toLowerCase());
      const known = ids.filter(isEntryId); // a UUID of another version names no entry
      const { signal, timeoutMs } = limitOf(context, askedMs);
      const waited =
        known.length === 0
          ? new Map<EntryId, KnownProgress>()
          : await asked(parts.board.wait(known, { signal, timeoutMs }));
      if ("kind" in waited) throw refused(waited, context);
      const progressOf = (id: string): KnownProgress =>
        waited.get(id as EntryId) ?? { state: "not_found" };
      return {
        entries: ids.map((id) => entryProgress(id, progressOf(id))),
        bookmarks: bookmarksIn(waited.values()),
      };
    },
  };
}

/** The limit of a call whose work may take `most` milliseconds, by its deadline. */
function limitOf(context: HandlerContext, most: number): CallLimit {
  const timeoutMs = workMs(context.timeoutMs(), most);
  return { timeoutMs, signal: context.signal };
}

function resultOf(result: Committed | Refusal): AppendResult {
  return create(AppendResultSchema, {
    outcome: isRefusal(result)
      ? { case: "error", value: refusalStatus(result) }
      : { case: "response", value: create(AppendResponseSchema, result) },
  });
}

function refuseInvalid(faults: readonly { field: string; message: string }[]): void {
  if (faults.length > 0) throw refusalError({ kind: "invalid", faults });
}

function entryProgress(id: string, progress: KnownProgress): EntryProgress {
  return create(EntryProgressSchema, {
    id,
    // What was not seen in time is, as far as anybody knows, not there.
    state: progress.state === "unseen" ? EntryState.NOT_FOUND : ENTRY_STATE[progress.state],
    reason: progressReason(progress),
    ...("ackedAt" in progress && { ackedAt: timestampFromDate(progress.ackedAt) }),
  });
}
