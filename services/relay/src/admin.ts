import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import {
  EntryState,
  ExplainRequestSchema,
  ExplainResponseSchema,
  type entryId,
  isEntryId,
  ListParkedRequestSchema,
  ListParkedResponseSchema,
  PauseResponseSchema,
  type RelayService,
  ResumeResponseSchema,
  RetryAllParkedResponseSchema,
  RetryParkedRequestSchema,
  RetryParkedResponseSchema,
  SkipParkedRequestSchema,
  SkipParkedResponseSchema,
  violationsOf,
} from "@outgraph/events";
import { EntryRefused } from "@outgraph/graph-plan";
import { principalOf } from "@outgraph/rpc-server";
import { at } from "./at.ts";
import { CallFailed } from "./call-failed.ts";
import type { Clock } from "./clock.ts";
import type { Desk, Order, Outcome } from "./desk.ts";
import { Halt } from "./ended.ts";
import { conflictsOf, explain } from "./explain.ts";
import type { ListedAside, Place } from "./parking-port.ts";
import type { GraphPort, OutboxPort } from "./ports.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** What telling a relay what to do needs. */
export interface AdminParts {
  readonly outbox: OutboxPort;
  readonly graph: GraphPort;
  readonly desk: Desk;
  /** Who this relay is, in the lease. */
  readonly holder: string;
  readonly clock: Clock;
}

/** The calls of `RelayService` about parked entries and pausing. */
export type AdminCalls = Pick<
  ServiceImpl<typeof RelayService>,
  "listParked" | "retryParked" | "retryAllParked" | "skipParked" | "pause" | "resume" | "explain"
>;

/** Entries of one page, when the caller does not say. */
const PAGE_SIZE = 100;

/** Who acts, when nobody is asked who calls and the request does not say. */
const LOCAL = "local";

/**
 * Lists and explains at any relay. Everything that changes something is an order to the relay that
 * owns the lane; any other answers FAILED_PRECONDITION and names that one, and one that is starting is
 * waited for, for some ten seconds. An order is carried out
 * between two batches, also when its caller has gone meanwhile.
 */
export function adminCalls(parts: AdminParts): AdminCalls {
  const { outbox, graph } = parts;
  const order = async (given: Order, { signal }: HandlerContext): Promise<Done> =>
    await unlessAborted(ordered(given, parts, signal), signal, () => callEnded(signal));

  return {
    async listParked(request) {
      check(ListParkedRequestSchema, request);
      const size = request.pageSize === 0 ? PAGE_SIZE : request.pageSize;
      const after = request.pageToken === "" ? undefined : placeOf(request.pageToken);
      const found = await asked(() => outbox.parking.listAside(after, size));
      const last = found.length < size ? undefined : found.at(-1);
      return create(ListParkedResponseSchema, {
        entries: found.map(parkedEntry),
        nextPageToken: last === undefined ? "" : `${last.at}.${last.id}`,
      });
    },

    async retryParked(request, context) {
      check(RetryParkedRequestSchema, request);
      const done = await order({ kind: "retry", entry: idOf(request.id) }, context);
      return create(
        RetryParkedResponseSchema,
        done.kind === "done"
          ? { applied: true, released: done.released }
          : { applied: false, error: done.error },
      );
    },

    async retryAllParked(_request, context) {
      const done = await order({ kind: "retry_all" }, context);
      return create(RetryAllParkedResponseSchema, { entries: releasedBy(done) });
    },

    async skipParked(request, context) {
      check(SkipParkedRequestSchema, request);
      const { reason } = request;
      if (reason.trim() === "") throw new ConnectError("a reason is needed", Code.InvalidArgument);
      const by = who(context, request.by);
      const done = await order({ kind: "skip", entry: idOf(request.id), reason, by }, context);
      return create(SkipParkedResponseSchema, { released: releasedBy(done) });
    },

    async pause(_request, context) {
      await order({ kind: "pause", by: who(context) }, context);
      return create(PauseResponseSchema);
    },

    async resume(_request, context) {
      await order({ kind: "resume" }, context);
      return create(ResumeResponseSchema);
    },

    async explain(request) {
      check(ExplainRequestSchema, request);
      const id = idOf(request.id);
      const [stored] = await asked(() => outbox.storedEntries([id]));
      if (stored === undefined) {
        throw new ConnectError(`the outbox does not have entry ${id}`, Code.NotFound);
      }
      return await asked(async () => {
        const { effects, statements } = explain(stored);
        return create(ExplainResponseSchema, {
          effects: [...effects],
          statements: statements.map(({ cypher, parameters, rows }) => ({
            cypher,
            parametersJson: parameters,
            rows,
          })),
          conflicts: [...(await conflictsOf(stored, { outbox, graph }))],
        });
      });
    },
  };
}

type Done = Extract<Outcome, { kind: "done" | "failed_again" }>;

function releasedBy(done: Done): number {
  return done.kind === "done" ? done.released : 0;
}

const REFUSALS: Readonly<Record<Extract<Outcome, { kind: "refused" }>["because"], Code>> = {
  not_parked: Code.NotFound,
  blocked: Code.FailedPrecondition,
  paused: Code.FailedPrecondition,
};

/** How often a relay that has the lease, and does not carry yet, is asked, and how long it is left to begin. */
const STARTING_LOOKS = 40;
const STARTING_LOOK_MS = 250;

/** Has an order carried out. @throws ConnectError when nothing was done, or nobody knows. */
async function ordered(
  order: Order,
  { desk, outbox, holder: me, clock }: AdminParts,
  signal: AbortSignal,
): Promise<Done> {
  for (let looks = 1; ; looks++) {
    const outcome = await desk.give(order);
    switch (outcome.kind) {
      case "done":
      case "failed_again":
        return outcome;
      case "refused":
        throw new ConnectError(outcome.why, REFUSALS[outcome.because]);
      case "interrupted":
        throw new ConnectError(
          `the relay stopped carrying in the midst of it (${outcome.why}): look whether it was done`,
          Code.Unavailable,
        );
      case "not_owner": {
        const holder = await asked(() => outbox.parking.leaseHolder());
        if (holder !== me) {
          const owner = holder === "" ? "no relay does at present" : `ask ${holder}`;
          const message = `this relay does not carry entries now; ${owner}`;
          throw new ConnectError(message, Code.FailedPrecondition);
        }
        if (looks === STARTING_LOOKS || signal.aborted) {
          throw new ConnectError("this relay is starting: ask again", Code.Unavailable);
        }
        await clock.sleep(STARTING_LOOK_MS, signal);
      }
    }
  }
}

/** Who acts: who the caller proved to be, else who it says to be. */
function who(context: HandlerContext, said = ""): string {
  return principalOf(context)?.name ?? (said === "" ? LOCAL : said);
}

/** Why a call ends before its order was carried out: its time is up, the service stops, or the caller is gone. */
function callEnded({ reason }: AbortSignal): ConnectError {
  if (reason instanceof ConnectError) return reason;
  return new ConnectError("the call ended; what it ordered is done all the same", Code.Canceled);
}

/** Asks a port. @throws ConnectError for what it threw. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CallFailed) {
      const code = error.kind === "transient" ? Code.Unavailable : Code.Internal;
      throw new ConnectError(error.message, code);
    }
    if (error instanceof Halt || error instanceof EntryRefused) {
      throw new ConnectError(error.message, Code.FailedPrecondition);
    }
    throw error;
  }
}

function check<Desc extends DescMessage>(schema: Desc, request: MessageShape<Desc>): void {
  const [first] = violationsOf(schema, request);
  if (first === undefined) return;
  throw new ConnectError(`${first.field}: ${first.message}`, Code.InvalidArgument);
}

function idOf(text: string): ReturnType<typeof entryId> {
  const id = text.toLowerCase();
  if (isEntryId(id)) return id;
  throw new ConnectError(`id: ${text} is no entry's id, which is a UUIDv7`, Code.InvalidArgument);
}

function placeOf(token: string): Place {
  const [time = "", id = ""] = token.split(".");
  if (/^\d{1,20}$/.test(time) && isEntryId(id)) return { at: at(BigInt(time)), id };
  throw new ConnectError("page_token: is not from an answer of this call", Code.InvalidArgument);
}

const STATES: Readonly<Record<ListedAside["kind"], EntryState>> = {
  parked: EntryState.PARKED,
  blocked: EntryState.BLOCKED,
};

function parkedEntry(aside: ListedAside) {
  const { id, kind, error = "", cypher = "", attempts, sinceMs, behind, source } = aside;
  return {
    id,
    state: STATES[kind],
    error,
    cypher,
    attempts,
    since: timestampFromMs(sinceMs),
    behind: [...behind],
    source,
  };
}
