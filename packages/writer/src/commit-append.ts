import type { Outbox } from "@outgraph/outbox";
import { Deadline, type TimeLimit } from "./deadline.ts";
import { IdExpired, IdReused, OutcomeUnknown, TransactionGaveUp } from "./errors.ts";
import { type FirstOutcome, judge, lookAgain } from "./look.ts";
import { runTransaction } from "./transaction.ts";
import { type Append, type AppendOutcome, writeAppends } from "./write-appends.ts";

/** How long the look after a failure may take, in milliseconds, on top of the call's own time. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Commits one append: its documents and its entry, or neither.
 *
 * It takes effect once, however often it is repeated with the same id, by whomever, and however its
 * calls overlap: one of them writes, the others return what that one returned. No error is reported
 * before the id has been looked up again, so that an error never hides a success.
 *
 * @throws IdReused, IdExpired; nothing was written.
 * @throws whatever `append.write` throws; nothing was written.
 * @throws TransactionGaveUp when the time is up; nothing was written.
 * @throws OutcomeUnknown when nobody can say now: repeat it with the same id. Of an append that was
 *   undecided before, everything but a known or expired id is thrown so.
 */
export async function commitAppend(
  outbox: Outbox,
  append: Append,
  limit: TimeLimit = {},
): Promise<AppendOutcome> {
  const { id: entryId } = append;
  try {
    return await runTransaction(
      outbox.db.client,
      async (session, attempt) => {
        const write = async () => [await append.write(session)];
        const [result] = await writeAppends(outbox, session, [append], write, attempt > 1);
        if (result instanceof Error) throw result;
        return result as AppendOutcome;
      },
      { ...limit, entryId },
    );
  } catch (error) {
    return firstOutcomeOr(error, outbox, append);
  }
}

/** What an earlier commit of this id returned, if there is one; else throws what has to be said. */
async function firstOutcomeOr(
  error: unknown,
  outbox: Outbox,
  append: Append,
): Promise<AppendOutcome> {
  // The look inside the transaction has decided already.
  if (error instanceof IdReused || error instanceof IdExpired) throw error;
  const unknown = error instanceof OutcomeUnknown || append.undecided === true;
  // Nobody else has an id that was made here, and this call has not committed it.
  if (!append.idGiven && !unknown) throw error;
  const first = await tryLookAgain(outbox, append, error);
  if (first === undefined) throw stillUnknown(error, append);
  const known = new Map([[append.id, first]]);
  const verdict = judge(append.id, append.digest, { known, horizon: Number.NEGATIVE_INFINITY });
  if (verdict.kind !== "replay") throw new IdReused(append.id);
  // After a commit of our own that was undecided, what is found is that commit.
  return { receipt: verdict.receipt, replayed: !unknown };
}

/** That nothing is there now is no proof while an earlier commit may still be on its way. */
function stillUnknown(error: unknown, { id, undecided }: Append): unknown {
  return undecided === true && !(error instanceof OutcomeUnknown)
    ? new OutcomeUnknown(id, error)
    : error;
}

async function tryLookAgain(
  outbox: Outbox,
  append: Append,
  error: unknown,
): Promise<FirstOutcome | undefined> {
  const deadline = new Deadline({ timeoutMs: LOOK_AGAIN_MS });
  try {
    return await deadline.race(lookAgain(outbox, append.id, LOOK_AGAIN_MS));
  } catch (cause) {
    // These two already say what to do: repeat it with the same id.
    if (error instanceof OutcomeUnknown || error instanceof TransactionGaveUp) {
      throw stillUnknown(error, append);
    }
    // An error that would be final, if only we knew that no earlier call had succeeded.
    throw new OutcomeUnknown(append.id, new AggregateError([error, cause], String(error)));
  } finally {
    deadline.release();
  }
}
