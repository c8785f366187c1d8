import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { newEntryId, OutboxService } from "@outgraph/events";
import {
  type Appended,
  appended,
  type StoredEntry,
  storedEntry,
  type Waited,
  waited,
} from "./answers.ts";
import { type AppendInput, sizedAppend } from "./append-input.ts";
import { OutgraphError } from "./errors.ts";
import { foldAppends } from "./fold.ts";
import { type ClientOptions, checked } from "./options.ts";
import { type CallLimits, withRetries } from "./retry.ts";
import { traceHeader } from "./trace-context.ts";
import { connectionsTo } from "./transport.ts";
import { type Committer, type UnitOfWork, unitOfWork } from "./unit-of-work.ts";

/** For one call. */
export interface CallOptions {
  /** Instead of the client's. */
  readonly timeoutMs?: number;
  /** Ends the call with `CancelledError`; whether it had taken effect is then unknown. */
  readonly signal?: AbortSignal;
}

/** A client of the append service. Safe for any number of calls at once. */
export interface OutgraphClient {
  /**
   * Writes documents and one entry in one MongoDB transaction.
   *
   * When it returns, both are committed by a majority; the graph follows (`waitApplied`). While the
   * service or MongoDB is away, transactions conflict, or the backlog is at its cap, it repeats with
   * the same id until the time is up. A repeat never writes twice. Appends that run side by side
   * share calls (`AppendMany`); each keeps its own result, error, time limit and signal.
   *
   * @throws OutgraphError of the class that the code has; it names the entry id to repeat with.
   */
  append(input: AppendInput, options?: CallOptions): Promise<Appended>;

  /**
   * Runs independent appends, each with its own result or error, in their order. One that fails
   * changes nothing for the others; they have no order among each other.
   */
  appendMany(
    inputs: readonly AppendInput[],
    options?: CallOptions,
  ): Promise<(Appended | OutgraphError)[]>;

  /** An empty unit of work. @param options its idempotency id and partition, as of an append. */
  unitOfWork(options?: Pick<AppendInput, "id" | "partition">): UnitOfWork;

  /** An entry and how far it has come. @throws NotFoundError when there is none. */
  getEntry(id: string, options?: CallOptions): Promise<StoredEntry>;

  /**
   * Waits until the entries are in the graph, or decided otherwise: parked, blocked, skipped, or not
   * found.
   *
   * Returns when all are decided, or when `timeoutMs` is up (default the client's); what is not
   * decided then is `pending`. Up to 1,000 ids.
   *
   * @throws OutgraphError when the service could not be asked.
   */
  waitApplied(ids: readonly string[], options?: CallOptions): Promise<Waited>;

  /** Closes the connections and ends the calls under way. A closed client takes no more calls. */
  close(): void;
}

/** Waits longer than this are asked for piece by piece, so that a dead connection is noticed, in milliseconds. */
const WAIT_PIECE_MS = 30_000;

/**
 * Makes a client. It connects at the first call.
 *
 * @throws RangeError that names each option that is out of range.
 */
export function createOutgraphClient(given: ClientOptions): OutgraphClient {
  const options = checked(given);
  const { retries } = options;
  const closed = new AbortController();
  const connections = connectionsTo(options);
  const service = createClient(OutboxService, connections.transport);

  const limits = (call: CallOptions = {}): CallLimits => ({
    timeoutMs: call.timeoutMs ?? options.timeoutMs,
    attemptTimeoutMs: options.attemptTimeoutMs,
    signal:
      call.signal === undefined ? closed.signal : AbortSignal.any([closed.signal, call.signal]),
  });

  const fold = foldAppends(service, {
    callsMax: options.callsMax,
    callTimeoutMs: options.attemptTimeoutMs,
  });

  /** Settles what is sent; a call of the result sends it, every time the same. */
  const settle = (input: AppendInput): Committer => {
    const entryId = input.id ?? newEntryId();
    const sized = sizedAppend(options.source, entryId, input);
    return async (call) => {
      const { timeoutMs, signal } = limits(call);
      // The folder limits each call; an append waits for its call as long as its caller does.
      const patience = { timeoutMs, signal, attemptTimeoutMs: timeoutMs, entryId };
      return appended(await withRetries((each) => fold(sized, each), patience, retries));
    };
  };
  const append = async (input: AppendInput, call?: CallOptions): Promise<Appended> =>
    await settle(input)(call);

  return {
    append,

    unitOfWork: ({ id, partition } = {}) =>
      unitOfWork({ id: id ?? newEntryId(), ...(partition !== undefined && { partition }) }, settle),

    async appendMany(inputs, call) {
      const each = inputs.map(async (input) => await append(input, call).catch(outgraphErrorOnly));
      return await Promise.all(each);
    },

    async getEntry(id, call) {
      return await withRetries(
        async (each) =>
          storedEntry(await service.getEntry({ id }, { ...each, headers: traceHeader() })),
        limits(call),
        retries,
      );
    },

    async waitApplied(ids, call) {
      const { timeoutMs, ...rest } = limits(call);
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const waitMs = Math.max(0, Math.min(WAIT_PIECE_MS, deadline - performance.now()));
        const ask: Parameters<typeof withRetries<Waited>>[0] = async (each) =>
          waited(
            await service.waitApplied(
              { ids: [...ids], timeout: durationFromMs(Math.floor(waitMs)) },
              { ...each, headers: traceHeader() },
            ),
          );
        // An answer may take as long as was asked for, and a little more.
        const attemptTimeoutMs = waitMs + rest.attemptTimeoutMs;
        const answer = await withRetries(
          ask,
          { ...rest, attemptTimeoutMs, timeoutMs: attemptTimeoutMs },
          retries,
        );
        const open = answer.entries.some(({ state }) => state === "pending");
        if (!open || performance.now() >= deadline) return answer;
      }
    },

    close() {
      closed.abort(new Error("the client is closed"));
      connections.close();
    },
  };
}

function outgraphErrorOnly(reason: unknown): OutgraphError {
  if (reason instanceof OutgraphError) return reason;
  throw reason;
}
