import type { ClientSession } from "mongodb";
import { AlreadyAppended, NoTransaction } from "./errors.ts";

const claimed = new WeakMap<ClientSession, object>();

/**
 * Takes the session's present transaction for one entry.
 *
 * @throws NoTransaction when none is in progress.
 * @throws AlreadyAppended when it has its entry already.
 */
export function claimTransaction(session: ClientSession): void {
  if (!session.inTransaction()) throw new NoTransaction();
  const transaction = presentTransaction(session);
  if (claimed.get(session) === transaction) throw new AlreadyAppended();
  claimed.set(session, transaction);
}

// The driver makes a new object for every transaction of a session. Its typings hide the property,
// and nothing else tells two transactions of one session apart.
function presentTransaction(session: ClientSession): object {
  const { transaction } = session as unknown as { readonly transaction?: object };
  if (transaction === undefined) {
    throw new Error(
      "this version of the mongodb driver is not supported: sessions hide their transaction",
    );
  }
  return transaction;
}
