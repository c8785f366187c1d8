import { setTimeout as delay } from "node:timers/promises";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import {
  type ExplainResponse,
  type ParkedEntry,
  RelayService,
  type RelayStatus,
  type RetryParkedResponse,
  type WatchStatusResponse,
} from "@outgraph/events";
import type { CallOptions } from "./client.ts";
import { outgraphError } from "./errors.ts";
import { checked, type ServiceOptions } from "./options.ts";
import { type CallLimits, isRepeatable, withRetries } from "./retry.ts";
import { traceHeader } from "./trace-context.ts";
import { connectionsTo } from "./transport.ts";

/** For a listing. */
export interface ListOptions extends CallOptions {
  /** How many entries are fetched with each call. 1 to 1 000; default 100. */
  readonly pageSize?: number;
}

/**
 * Watches and steers a relay: for operators and their tools. Any relay of an outbox tells about
 * itself; the one that holds the lease alone can be steered.
 *
 * Calls are repeated while the relay is away, as the append client's are. A repeat does no harm: what
 * was decided or retried by a call whose reply was lost is not parked any more (`NotFoundError`). Each
 * throws an `OutgraphError` of the class that the code has.
 */
export interface RelayClient {
  /** What this relay is doing. */
  status(options?: CallOptions): Promise<RelayStatus>;

  /**
   * Says so now, and again whenever it changes, at most ten times a second, until the loop is left or
   * `signal` ends it (then it just ends). A connection that breaks is made again for as long as each
   * time takes no longer than the client's `timeoutMs`.
   */
  watchStatus(options?: Pick<CallOptions, "signal">): AsyncIterable<RelayStatus>;

  /** Parked and blocked entries, oldest first; fetched as they are asked for. */
  listParked(options?: ListOptions): AsyncIterable<ParkedEntry>;

  /** Tries a parked entry again, then what it blocked, in order. @throws NotFoundError when it is not parked. */
  retryParked(id: string, options?: CallOptions): Promise<RetryParkedResponse>;

  /** Tries everything that is parked or blocked again, in order. @returns how many entries will be tried. */
  retryAllParked(options?: CallOptions): Promise<number>;

  /**
   * Decides that a parked entry shall never be applied, and releases what it blocked.
   *
   * @param decision why, 1 to 1 024 bytes, and who decided; both are kept. Where callers are known, the
   *   principal's own name counts.
   * @returns how many entries it released.
   */
  skipParked(
    id: string,
    decision: { readonly reason: string; readonly by?: string },
    options?: CallOptions,
  ): Promise<number>;

  /** Stops applying; when it returns, no batch is under way any more. Appends go on. */
  pause(options?: CallOptions): Promise<void>;

  /** Goes on after a pause. */
  resume(options?: CallOptions): Promise<void>;

  /** What an entry would do, and the Cypher for it, without doing it. */
  explain(id: string, options?: CallOptions): Promise<ExplainResponse>;

  /** Closes the connections and ends the calls under way. A closed client takes no more calls. */
  close(): void;
}

/** The limits of one attempt, and its headers. */
interface Attempt {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly headers: { readonly traceparent?: string };
}

/** Opens a stream, up to its first answer. */
type Open = (attempt: Attempt) => Promise<{
  iterator: AsyncIterator<WatchStatusResponse>;
  first: IteratorResult<WatchStatusResponse>;
}>;

/**
 * Makes a client of a relay. It connects at the first call.
 *
 * @throws RangeError that names each option that is out of range.
 */
export function createRelayClient(given: ServiceOptions): RelayClient {
  const options = checked(given);
  const closed = new AbortController();
  const connections = connectionsTo(options);
  const service = createClient(RelayService, connections.transport);

  const limits = (call: CallOptions): CallLimits => ({
    timeoutMs: call.timeoutMs ?? options.timeoutMs,
    attemptTimeoutMs: options.attemptTimeoutMs,
    signal: untilClosed(call.signal),
  });
  const untilClosed = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? closed.signal : AbortSignal.any([closed.signal, signal]);
  const asking = async <T>(call: CallOptions, ask: (each: Attempt) => Promise<T>): Promise<T> =>
    await withRetries(
      (each) => ask({ ...each, headers: traceHeader() }),
      limits(call),
      options.retries,
    );

  return {
    async status(call = {}) {
      const { status } = await asking(call, (each) => service.status({}, each));
      return stated(status);
    },

    async *watchStatus({ signal } = {}) {
      const left = new AbortController();
      const ended = AbortSignal.any([untilClosed(signal), left.signal]);
      const open: Open = async ({ timeoutMs, headers }) => {
        const late = new AbortController();
        const why = new ConnectError("no answer in time", Code.DeadlineExceeded);
        const timer = setTimeout(() => late.abort(why), timeoutMs);
        try {
          const limit = AbortSignal.any([ended, late.signal]);
          const stream = service.watchStatus({}, { signal: limit, headers });
          const iterator = stream[Symbol.asyncIterator]();
          return { iterator, first: await iterator.next() };
        } finally {
          clearTimeout(timer);
        }
      };
      try {
        for (;;) {
          // The first answer of each connection is waited for like that of any call; the others may
          // take as long as nothing changes.
          const { iterator, first } = await asking({ signal: ended }, open);
          try {
            for (let next = first; next.done !== true; next = await iterator.next()) {
              yield stated(next.value.status);
            }
          } catch (reason) {
            if (ended.aborted) return;
            const error = ConnectError.from(reason);
            if (!isRepeatable(error)) throw outgraphError(error, { attempts: 1 });
          }
          await delay(Math.random() * options.retries.delayMsMin, undefined, { signal: ended });
        }
      } catch (reason) {
        if (!ended.aborted) throw reason;
      } finally {
        left.abort();
      }
    },

    async *listParked({ pageSize = 100, ...call } = {}) {
      let pageToken = "";
      do {
        const request = { pageSize, pageToken };
        const page = await asking(call, (each) => service.listParked(request, each));
        yield* page.entries;
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
    },

    retryParked: (id, call = {}) => asking(call, (each) => service.retryParked({ id }, each)),

    async retryAllParked(call = {}) {
      return (await asking(call, (each) => service.retryAllParked({}, each))).entries;
    },

    async skipParked(id, { reason, by = "" }, call = {}) {
      const request = { id, reason, by };
      return (await asking(call, (each) => service.skipParked(request, each))).released;
    },

    async pause(call = {}) {
      await asking(call, (each) => service.pause({}, each));
    },

    async resume(call = {}) {
      await asking(call, (each) => service.resume({}, each));
    },

    explain: (id, call = {}) => asking(call, (each) => service.explain({ id }, each)),

    close() {
      closed.abort(new Error("the client is closed"));
      connections.close();
    },
  };
}

function stated(status: RelayStatus | undefined): RelayStatus {
  if (status === undefined) throw new TypeError("the relay answered without a status");
  return status;
}
