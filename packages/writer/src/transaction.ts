import { setTimeout as delay } from "node:timers/promises";
import type { EntryId } from "@outgraph/events";
import { classifyMongo, type MongoFailure } from "@outgraph/failure";
import type { ClientSession, MongoClient, TransactionOptions } from "mongodb";
import { Deadline, DeadlinePassed, type TimeLimit } from "./deadline.ts";
import { OutcomeUnknown, TransactionGaveUp } from "./errors.ts";
import { retryDelayMs } from "./retry-delay.ts";

/** How a transaction is run. */
export interface RunOptions extends TimeLimit {
  /** Named in errors. */
  readonly entryId?: EntryId;
  /**
   * Whether to run the work again after a failure that may pass, as long as there is time. Default
   * always; who says no gets `TransactionGaveUp` at once.
   */
  readonly again?: (failure: MongoFailure) => boolean;
}

const TRANSACTION: TransactionOptions = {
  readPreference: "primary",
  readConcern: { level: "snapshot" },
  writeConcern: { w: "majority", journal: true },
};

/** How often a commit is sent again after an error that does not look as if it would pass. */
const DOUBTFUL_COMMITS_MAX = 3;

/** The server ends by itself what has lasted so long, in milliseconds (transactionLifetimeLimitSeconds). */
const LIFETIME_MS = 60_000;

/** How long to wait before a session is told once more to end, in milliseconds. */
const END_AGAIN_MS = 250;

/**
 * Runs `work` in a transaction (snapshot, majority, journalled) and returns its result once the
 * transaction is committed. `work` runs again, in a new transaction, after every failure that may
 * pass; what it does outside the session is done again then. Its operations must all use the
 * session, one after another.
 *
 * Where the driver's `withTransaction` returns errors that leave the outcome open (290 at a commit,
 * errors without a label), or runs for ever, this sends the commit again until it is decided or the
 * time is up, and says which.
 *
 * @throws whatever `work` throws, when it is nothing that passes; nothing was written.
 * @throws TransactionGaveUp when the time is up, or `again` says no; nothing was written.
 * @throws OutcomeUnknown when the time is up and a commit is undecided.
 */
export async function runTransaction<T>(
  client: MongoClient,
  work: (session: ClientSession, attempt: number) => Promise<T>,
  options: RunOptions = {},
): Promise<T> {
  const deadline = new Deadline(options);
  const { entryId, again = () => true } = options;
  const session = client.startSession();
  let pending: Promise<unknown> = Promise.resolve();
  let held: MongoFailure | undefined; // what kept the last attempt that failed from committing
  let maybeOpen = true; // whether the server may still have the last transaction, and its locks
  // What the deadline leaves behind is waited for before the session ends: a session must not be
  // used twice at once.
  const watched = <R>(promise: Promise<R>): Promise<R> => {
    pending = promise;
    return deadline.race(promise);
  };
  try {
    for (let attempt = 1; ; attempt++) {
      const ended = await tryOnce(session, () => work(session, attempt), watched, deadline);
      maybeOpen = mayBeOpen(ended);
      switch (ended.kind) {
        case "committed":
          return ended.result;
        case "refused":
          throw ended.error;
        case "unknown":
          throw new OutcomeUnknown(entryId, ended.error);
        case "out_of_time": {
          // What kept it from committing before says more than that an attempt was cut short.
          const { reason } = ended.error;
          if (held !== undefined && reason === "deadline") throw gaveUp(entryId, attempt, held);
          throw new TransactionGaveUp(entryId, reason, attempt, ended.error);
        }
        case "aborted":
          held = ended.failure;
          if (!again(held) || !(await deadline.pause(retryDelayMs(attempt, Math.random())))) {
            throw gaveUp(entryId, attempt, held);
          }
      }
    }
  } finally {
    deadline.release();
    endSession(client, session, pending, maybeOpen);
  }
}

function gaveUp(
  entryId: EntryId | undefined,
  attempts: number,
  { conflict, cause }: MongoFailure,
): TransactionGaveUp {
  return new TransactionGaveUp(entryId, conflict ? "conflict" : "unavailable", attempts, cause);
}

type Ended<T> =
  | { readonly kind: "committed"; readonly result: T }
  | { readonly kind: "aborted"; readonly failure: MongoFailure }
  | { readonly kind: "refused"; readonly error: unknown }
  | { readonly kind: "out_of_time"; readonly error: DeadlinePassed }
  | { readonly kind: "unknown"; readonly error: unknown };

type Watch = <R>(promise: Promise<R>) => Promise<R>;

async function tryOnce<T>(
  session: ClientSession,
  work: () => Promise<T>,
  watched: Watch,
  deadline: Deadline,
): Promise<Ended<T>> {
  session.startTransaction(TRANSACTION);
  let result: T;
  try {
    result = await watched(work());
    if (!session.inTransaction()) throw new Error("the work has ended the transaction itself");
  } catch (error) {
    // The commit was never sent, and never will be.
    if (error instanceof DeadlinePassed) return { kind: "out_of_time", error };
    const failure = classifyMongo(error);
    try {
      await watched(abort(session));
    } catch (passed) {
      if (!(passed instanceof DeadlinePassed)) throw passed;
    }
    return failure.kind === "transient" ? { kind: "aborted", failure } : { kind: "refused", error };
  }
  return commit(session, result, watched, deadline);
}

async function commit<T>(
  session: ClientSession,
  result: T,
  watched: Watch,
  deadline: Deadline,
): Promise<Ended<T>> {
  for (let sent = 1; ; sent++) {
    try {
      await watched(session.commitTransaction());
      return { kind: "committed", result };
    } catch (error) {
      if (error instanceof DeadlinePassed) return { kind: "unknown", error };
      const failure = classifyMongo(error);
      if (failure.commit === "not_committed") return { kind: "aborted", failure };
      const hopeless = failure.kind !== "transient" && sent >= DOUBTFUL_COMMITS_MAX;
      if (hopeless || !(await deadline.pause(retryDelayMs(sent, Math.random())))) {
        return { kind: "unknown", error };
      }
    }
  }
}

// The driver swallows what the server says to an abort, also that it cannot be reached. `work` may
// have aborted it itself.
async function abort(session: ClientSession): Promise<void> {
  if (session.inTransaction()) await session.abortTransaction();
}

function mayBeOpen(ended: Ended<unknown>): boolean {
  switch (ended.kind) {
    case "committed":
    case "refused": // by a server, or by work whose server was there: it got the abort as well
      return false;
    case "aborted":
      return !ended.failure.conflict;
    case "out_of_time":
    case "unknown":
      return true;
  }
}

// Not waited for: it may abort a transaction over a dead connection, and the caller has its answer.
function endSession(
  client: MongoClient,
  session: ClientSession,
  pending: Promise<unknown>,
  maybeOpen: boolean,
): void {
  const end = async (): Promise<void> => {
    try {
      if (maybeOpen) await endTransaction(client, session);
    } finally {
      await session.endSession(); // reports nothing worth having
    }
  };
  pending.then(end, end).catch(() => {});
}

/**
 * Ends the session's last transaction on a server that may not have got its abort: until its
 * lifetime is over, everybody else's writes to the same documents would conflict with it.
 * `killSessions` of one's own needs no privilege.
 */
async function endTransaction(client: MongoClient, session: ClientSession): Promise<void> {
  await abort(session);
  const { id } = session;
  if (id === undefined) return;
  const until = performance.now() + LIFETIME_MS;
  while (performance.now() < until) {
    try {
      await client.db("admin").command({ killSessions: [id] });
      return;
    } catch (error) {
      const { kind, code } = classifyMongo(error);
      if (kind !== "transient" || code === "MongoNotConnectedError") return; // closed, or never
      await delay(END_AGAIN_MS, undefined, { ref: false });
    }
  }
}
