import type { AppendRequest } from "@outgraph/events";
import type { Grants } from "@outgraph/rpc-server";
import { NO_TRACING, type Tracing } from "@outgraph/telemetry";
import { appendOutcome, appendSpan } from "./append-span.ts";
import { type CheckedAppend, checkAppend } from "./check-append.ts";
import type { AppendStore, Backlog, CallLimit, Committed } from "./ports.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import type { AppendTold } from "./signals.ts";

/** What appends need. */
export interface AppendParts {
  readonly store: AppendStore;
  readonly backlog: Backlog;
  readonly tell: AppendTold;
  /** Off, when left out. */
  readonly tracing?: Tracing;
}

/** What holds for every append. */
export interface AppendRules {
  /** The database of the outbox, and of writes that name none. */
  readonly database: string;
  /** At so many waiting entries, appends are refused; 0 for no cap. */
  readonly backlogEntriesMax: number;
}

/** What belongs to one call. */
export interface AppendCall extends CallLimit {
  /** The W3C `traceparent` of the call. */
  readonly trace?: string;
  /** What its principal is granted; everything, when left out. */
  readonly grants?: Grants;
}

/**
 * Appends: each with its own result, in order; one that is refused changes nothing for the others.
 *
 * `Append` is this with one, `AppendMany` with many.
 */
export async function appendAll(
  requests: readonly AppendRequest[],
  parts: AppendParts,
  rules: AppendRules,
  call: AppendCall,
): Promise<(Committed | Refusal)[]> {
  const start = performance.now();
  const { tracing = NO_TRACING } = parts;
  const spans = requests.map((request) => appendSpan(tracing, request, call.trace));
  const checked = requests.map((request, index) => {
    const trace = spans[index]?.traceParent;
    return checkAppend(request, {
      database: rules.database,
      ...(trace !== undefined && { trace }),
      ...(call.grants !== undefined && { grants: call.grants }),
    });
  });
  const good = checked.filter((append): append is CheckedAppend => !isRefusal(append));

  const full = backlogRefusal(parts.backlog, rules);
  const committed = full ? good.map(() => full) : await parts.store.commit(good, call);

  const results = merge(checked, committed);
  const durationMs = performance.now() - start;
  for (const [index, result] of results.entries()) {
    spans[index]?.end(appendOutcome(result));
    parts.tell(
      requests[index] as AppendRequest,
      checked[index] as CheckedAppend | Refusal,
      result,
      durationMs,
    );
  }
  return results;
}

function backlogRefusal(
  backlog: Backlog,
  { backlogEntriesMax: max }: AppendRules,
): Refusal | undefined {
  if (max === 0) return undefined;
  const entries = backlog.entries();
  return entries !== undefined && entries >= max
    ? { kind: "backlog_full", entries, max }
    : undefined;
}

/** The refusals of the check, and the store's results for the rest, in the order of the requests. */
function merge(
  checked: readonly (CheckedAppend | Refusal)[],
  committed: readonly (Committed | Refusal)[],
): (Committed | Refusal)[] {
  let next = 0;
  return checked.map((append) => (isRefusal(append) ? append : (committed[next++] as Committed)));
}
