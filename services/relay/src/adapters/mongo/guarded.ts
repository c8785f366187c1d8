import { META_ID, type OutboxCollections } from "@outgraph/outbox";
import type { ClientSession } from "mongodb";
import type { Epoch } from "../../lane.ts";

/**
 * Does `work` in one transaction (snapshot, majority, journalled) that commits only while the lease
 * is under this epoch: once another relay has taken over, nothing of it happens any more.
 *
 * @param work its operations use the session, one after another. Whatever fails, a repeat must be
 *   harmless: the transaction may have been committed.
 * @returns false when the lease is under another epoch; nothing was done then.
 */
export async function guarded(
  { db, meta }: OutboxCollections,
  epoch: Epoch,
  work: (session: ClientSession) => Promise<unknown>,
): Promise<boolean> {
  const session = db.client.startSession();
  try {
    session.startTransaction({
      readPreference: "primary",
      readConcern: { level: "snapshot" },
      writeConcern: { w: "majority", journal: true },
    });
    await work(session);
    // Last, because from here to the commit nobody can take or renew the lease: had this owner died
    // in between, a take-over would wait until the server ends the transaction, a minute later. A
    // lease that was taken since the snapshot is a write conflict. It has to be a real change: an
    // update that changes nothing conflicts with nothing.
    const { matchedCount } = await meta.updateOne(
      { _id: META_ID.lease, epoch },
      { $inc: { guarded: 1n } as never },
      { session },
    );
    if (matchedCount === 0) {
      await session.abortTransaction();
      return false;
    }
    await session.commitTransaction();
    return true;
  } finally {
    await session.endSession(); // which aborts what is still open
  }
}
