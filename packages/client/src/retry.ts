import { setTimeout as delay } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import { type ErrorFacts, outgraphError, retryAfterMs } from "./errors.ts";

/** How a call is repeated. */
export interface RetryOptions {
  /** The back-off before the first repeat is up to this long, in milliseconds. 1 to 60 000; default 50. */
  readonly delayMsMin: number;
  /** It doubles with each repeat up to this, in milliseconds. 1 to 300 000; default 5 000. */
  readonly delayMsMax: number;
}

/** The limits of one call. */
export interface CallLimits {
  /** For all attempts together, in milliseconds. */
  readonly timeoutMs: number;
  /** For each attempt, in milliseconds: a lost reply costs no more than this. */
  readonly attemptTimeoutMs: number;
  /** Ends the call. */
  readonly signal: AbortSignal;
  /** Named in errors. */
  readonly entryId?: string;
}

/**
 * How long to wait before the call is repeated, in milliseconds; undefined when a repeat is no use.
 *
 * Full jitter: anything between zero and a bound that doubles with each attempt, so that callers
 * that failed together do not come back together. What the service asks for is waited at least.
 *
 * @param attempts how often it was tried, at least 1.
 * @param random from 0 to 1.
 */
export function delayBeforeRepeat(
  error: ConnectError,
  attempts: number,
  { delayMsMin, delayMsMax }: RetryOptions,
  random: number,
): number | undefined {
  const asked = retryAfterMs(error);
  if (!repeatable(error, asked !== undefined)) return undefined;
  const bound = Math.min(delayMsMax, delayMsMin * 2 ** Math.min(attempts - 1, 30));
  return (asked ?? 0) + random * bound;
}

function repeatable(error: ConnectError, asked: boolean): boolean {
  switch (error.code) {
    case Code.Unavailable:
    case Code.Aborted:
    case Code.DeadlineExceeded: // of this attempt; the id makes a repeat safe
      return true;
    case Code.ResourceExhausted:
      return asked; // the backlog's cap; what is too large stays too large
    case Code.Canceled:
    case Code.Unknown:
      return !error.isWireError; // the connection broke
    case Code.Internal:
      return !error.isWireError && !failedToEncode(error);
    case Code.InvalidArgument:
    case Code.NotFound:
    case Code.AlreadyExists:
    case Code.PermissionDenied:
    case Code.FailedPrecondition:
    case Code.OutOfRange:
    case Code.Unimplemented:
    case Code.DataLoss:
    case Code.Unauthenticated:
      return false;
  }
}

/**
 * Whether a shared call failed for a reason that is no append's own: it may pass, or concerns the
 * caller. Any other may be the fault of one of them.
 */
export function isAboutTheCall(error: ConnectError): boolean {
  const ended = error.code === Code.Canceled || error.code === Code.Unauthenticated;
  return ended || isRepeatable(error);
}

/** Whether the same call may succeed later. */
export function isRepeatable(error: ConnectError): boolean {
  return repeatable(error, retryAfterMs(error) !== undefined);
}

/** Told from a broken connection by what lies beneath: Node's own errors carry a code. */
function failedToEncode(error: ConnectError): boolean {
  return error.cause instanceof Error && !("code" in error.cause);
}

/**
 * Calls `attempt` until it succeeds, fails for good, or the time is up; then throws the typed error
 * of the last attempt. Where that says that nothing was written, since other transactions were in the
 * way, and an attempt before it ended without an answer, it is `DeadlineExceededError` instead: the
 * transaction in the way may be that attempt's own, and may yet commit.
 */
export async function withRetries<T>(
  attempt: (limits: { timeoutMs: number; signal: AbortSignal }) => Promise<T>,
  limits: CallLimits,
  options: RetryOptions,
  random: () => number = Math.random,
): Promise<T> {
  const deadline = performance.now() + limits.timeoutMs;
  let undecided = false;
  for (let attempts = 1; ; attempts++) {
    const left = Math.max(1, deadline - performance.now());
    try {
      const timeoutMs = Math.ceil(Math.min(left, limits.attemptTimeoutMs));
      return await attempt({ timeoutMs, signal: limits.signal });
    } catch (reason) {
      const facts = { attempts, ...(limits.entryId !== undefined && { entryId: limits.entryId }) };
      throwIfEnded(limits.signal, facts);
      const error = ConnectError.from(reason);
      const wait = delayBeforeRepeat(error, attempts, options, random());
      if (wait === undefined || performance.now() + wait >= deadline) {
        throw outgraphError(undecided ? asUndecided(error) : asContract(error), facts);
      }
      undecided ||= !saysNothingWritten(error);
      await delay(wait, undefined, { signal: limits.signal }).catch(() => undefined);
      throwIfEnded(limits.signal, facts);
    }
  }
}

/** A call that its caller ended says so, whatever the transport made of it. */
function throwIfEnded(signal: AbortSignal, facts: ErrorFacts): void {
  if (!signal.aborted) return;
  const reason: unknown = signal.reason;
  const why = reason instanceof Error ? reason.message : String(reason);
  const ended = new ConnectError(why, Code.Canceled, undefined, undefined, reason);
  throw outgraphError(ended, facts);
}

/** Whether the service answered, and this attempt is over without a trace. */
function saysNothingWritten(error: ConnectError): boolean {
  const refused = error.code === Code.Aborted || error.code === Code.ResourceExhausted;
  return error.isWireError && refused;
}

/** What an error is for a call that has an attempt whose outcome nobody knows. */
function asUndecided(error: ConnectError): ConnectError {
  if (!error.isWireError || error.code !== Code.Aborted) return asContract(error);
  const why = `the time was up, and an earlier attempt may yet take effect: ${error.rawMessage}`;
  return new ConnectError(why, Code.DeadlineExceeded, undefined, undefined, error);
}

/** A connection that broke is UNAVAILABLE to the caller, whatever the transport called it. */
function asContract(error: ConnectError): ConnectError {
  const broken =
    !error.isWireError &&
    (error.code === Code.Aborted || repeatable(error, false)) &&
    error.code !== Code.DeadlineExceeded &&
    error.code !== Code.Unavailable;
  if (!broken) return error;
  return new ConnectError(error.rawMessage, Code.Unavailable, undefined, undefined, error);
}
