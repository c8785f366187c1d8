import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { createClient, type Transport } from "@connectrpc/connect";
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
import { type CallLimits, type RetryOptions, withRetries } from "./retry.ts";
import { connectionsTo, type Protocol } from "./transport.ts";
import { type Committer, type UnitOfWork, unitOfWork } from "./unit-of-work.ts";

export interface ClientOptions {
  /** Where the append service listens: `http://127.0.0.1:8480`. */
  readonly url: string;

  /** Who appends, for people and for metrics: a service or job name of 1 to 128 bytes. */
  readonly source: string;

  /**
   * How to speak to the service. `connect` and `grpc-web` use HTTP/1.1, which passes through every
   * proxy; `connect-h2` and `grpc` share one HTTP/2 connection. Default `connect`.
   */
  readonly protocol?: Protocol;

  /** How long a call may take, repeats included, in milliseconds. 1 to 3 600 000; default 30 000. */
  readonly timeoutMs?: number;

  /**
   * How long one attempt may take, in milliseconds: a reply that is lost costs no more than this.
   * 1 to 3 600 000; default 10 000.
   */
  readonly attemptTimeoutMs?: number;

  /**
   * How many calls of appends are under way at once; what comes in meanwhile is folded into the next.
   * More hides a slow append from the others; fewer makes larger, cheaper calls. 1 to 64; default 2.
   */
  readonly callsMax?: number;

  /** How calls are repeated; see {@link RetryOptions}. */
  readonly retries?: Partial<RetryOptions>;

  /** Used in place of a connection to `url`; closing it stays with the caller. */
  readonly transport?: Transport;
}

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

/** Makes a client. It connects at the first call. */
export function createOutgraphClient(options: ClientOptions): OutgraphClient {
  const closed = new AbortController();
  const connections =
    options.transport === undefined
      ? connectionsTo(options.url, options.protocol ?? "connect")
      : { transport: options.transport, close: () => undefined };
  const service = createClient(OutboxService, connections.transport);
  const retries = { delayMsMin: 50, delayMsMax: 5_000, ...options.retries };

  const limits = (call: CallOptions = {}): CallLimits => ({
    timeoutMs: call.timeoutMs ?? options.timeoutMs ?? 30_000,
    attemptTimeoutMs: options.attemptTimeoutMs ?? 10_000,
    signal:
      call.signal === undefined ? closed.signal : AbortSignal.any([closed.signal, call.signal]),
  });

  const fold = foldAppends(service, {
    callsMax: options.callsMax ?? 2,
    callTimeoutMs: options.attemptTimeoutMs ?? 10_000,
    closed: closed.signal,
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
        async (each) => storedEntry(await service.getEntry({ id }, each)),
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
              each,
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
