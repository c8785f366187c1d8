import { META_ID, type OutboxCollections } from "@outgraph/outbox";
import { Binary, type ClientSession, type MongoClient, MongoError } from "mongodb";
import type { Epoch } from "../../lane.ts";

/** The one session of a client's guarded transactions, and the end of those that wait for it. */
interface Guard {
  readonly session: ClientSession;
  /** The epoch under which the lease document names the session. */
  saidUnder: Epoch | undefined;
  last: Promise<unknown>;
}

/** How often a transaction is run that conflicts with another, before the caller hears of it. */
const ATTEMPTS = 3;

const GUARDS = new WeakMap<MongoClient, Guard>();

/**
 * Does `work` in one transaction (snapshot, majority, journalled) that commits only while the lease
 * is under this epoch: once another relay has taken over, nothing of it happens any more. Those of
 * one client run one after another.
 *
 * An owner that dies in the midst of one leaves what it touched locked until the server ends the
 * transaction, a minute later. So the lease document names the session, and whoever takes over ends
 * it first: `endGuarded`.
 *
 * @param work its operations use the session, one after another. It runs again where the transaction
 *   conflicts with another. Whatever fails, a repeat must be harmless: it may have been committed.
 * @returns false when the lease is under another epoch; nothing was done then.
 */
export async function guarded(
  outbox: OutboxCollections,
  epoch: Epoch,
  work: (session: ClientSession) => Promise<unknown>,
): Promise<boolean> {
  const { client } = outbox.db;
  const guard = guardOf(client);
  const done = guard.last.then(() => runGuarded(outbox, guard, epoch, work));
  guard.last = done.catch(() => {}); // told to whoever asked for it
  return await done;
}

function guardOf(client: MongoClient): Guard {
  const known = GUARDS.get(client);
  if (known !== undefined && !known.session.hasEnded) return known;
  const session = client.startSession();
  const fresh: Guard = { session, saidUnder: undefined, last: known?.last ?? Promise.resolve() };
  GUARDS.set(client, fresh);
  return fresh;
}

async function runGuarded(
  { meta }: OutboxCollections,
  guard: Guard,
  epoch: Epoch,
  work: (session: ClientSession) => Promise<unknown>,
): Promise<boolean> {
  const { session } = guard;
  if (guard.saidUnder !== epoch) {
    const named = { $set: { guard: lsidOf(session) } as never };
    const { matchedCount } = await meta.updateOne({ _id: META_ID.lease, epoch }, named);
    if (matchedCount === 0) return false;
    guard.saidUnder = epoch;
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryGuarded(meta, session, epoch, work);
    } catch (error) {
      // Where the lease was renewed meanwhile, the two conflict. That is no news to anybody.
      const passes =
        error instanceof MongoError && error.hasErrorLabel("TransientTransactionError");
      if (!passes || attempt === ATTEMPTS) throw error;
    }
  }
}

async function tryGuarded(
  meta: OutboxCollections["meta"],
  session: ClientSession,
  epoch: Epoch,
  work: (session: ClientSession) => Promise<unknown>,
): Promise<boolean> {
  try {
    session.startTransaction({
      readPreference: "primary",
      readConcern: { level: "snapshot" },
      writeConcern: { w: "majority", journal: true },
    });
    await work(session);
    // Last, because from here to the commit nobody can renew the lease. One that was taken since the
    // snapshot is a write conflict. It has to be a real change: an update that changes nothing
    // conflicts with nothing.
    const { matchedCount } = await meta.updateOne(
      { _id: META_ID.lease, epoch },
      { $inc: { guarded: 1n } as never },
      { session },
    );
    if (matchedCount === 0) return false;
    await session.commitTransaction();
    return true;
  } finally {
    if (session.inTransaction()) await session.abortTransaction().catch(() => {}); // it runs out by itself
  }
}

/**
 * Ends what the guarded transactions of a former owner left open, if the server says that its lease
 * ran out or was given back. An owner that is not dead tries again, and finds the lease taken.
 *
 * Needs no privilege beyond having logged in as the same user; as another, it has no effect.
 */
export async function endGuarded({
  db,
  meta,
}: Pick<OutboxCollections, "db" | "meta">): Promise<void> {
  const [left] = await meta
    .aggregate<{ guard?: Binary; free: boolean }>([
      { $match: { _id: META_ID.lease } },
      {
        $project: {
          guard: 1,
          free: { $or: [{ $eq: ["$holder", ""] }, { $lte: ["$expiresAt", "$$NOW"] }] },
        },
      },
    ])
    .toArray();
  if (left?.free !== true || left.guard === undefined) return;
  await db.admin().command({ killSessions: [{ id: left.guard }] });
}

function lsidOf(session: ClientSession): Binary {
  const id: unknown = session.id?.["id"];
  if (id instanceof Binary) return id;
  throw new Error("the driver gave a session without an id");
}
