import type { MongoFailure } from "@outgraph/failure";
import type { Outbox } from "@outgraph/outbox";
import type { ClientSession } from "mongodb";
import type { TimeLimit } from "./deadline.ts";
import { runTransaction } from "./transaction.ts";
import {
  type AppendIdentity,
  type AppendResult,
  type Written,
  writeAppends,
} from "./write-appends.ts";

/** How a group is committed. */
export interface GroupOptions extends TimeLimit {
  /**
   * Whether the group is run again after a failure that may pass. Default never: who is in whose way
   * is found out by running each append alone.
   */
  readonly again?: (failure: MongoFailure) => boolean;
}

/**
 * Commits some appends in one transaction: all that are new, or none. A known, reused or expired id
 * is a result of its own and no failure.
 *
 * For appends that have nothing to do with one another. When it throws, one of them may be the
 * reason; run each alone then (`commitAppend`), after `OutcomeUnknown` marked as `undecided`. That
 * way nothing is lost and nothing is written twice, as each is told by its id.
 *
 * @param appends in the order in which they shall stand in history.
 * @param write writes the documents of these, as if one after another.
 * @throws whatever `write` throws; nothing was written.
 * @throws TransactionGaveUp; nothing was written.
 * @throws OutcomeUnknown when the time is up and the commit is undecided: all may be committed.
 */
export async function commitGroup<A extends AppendIdentity>(
  outbox: Outbox,
  appends: readonly A[],
  write: (session: ClientSession, fresh: readonly A[]) => Promise<readonly Written[]>,
  options: GroupOptions = {},
): Promise<AppendResult[]> {
  return await runTransaction(
    outbox.db.client,
    (session, attempt) =>
      writeAppends(outbox, session, appends, (fresh) => write(session, fresh), attempt > 1),
    { again: () => false, ...options },
  );
}
