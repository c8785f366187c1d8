import { create } from "@bufbuild/protobuf";
import { type EntryId, entryIdTime, type Receipt, ReceiptSchema } from "@outgraph/events";
import {
  type EntryDocument,
  entryIdOf,
  META_ID,
  type Outbox,
  OutboxUnusable,
  storedReceipt,
  uuidOf,
} from "@outgraph/outbox";
import type { ClientSession, Document } from "mongodb";

/** What an earlier append with the same id had committed. */
export interface FirstOutcome {
  readonly digest: Uint8Array;
  readonly receipt: Receipt;
}

/** What the outbox knows about some ids. */
export interface Look {
  readonly known: ReadonlyMap<EntryId, FirstOutcome>;
  /** Ids that carry this time or an earlier one, in milliseconds, may have been purged. */
  readonly horizon: number;
}

/** What follows for one append. */
export type Verdict =
  | { readonly kind: "new" }
  | { readonly kind: "replay"; readonly receipt: Receipt }
  | { readonly kind: "reused" }
  | { readonly kind: "expired"; readonly horizon: Date };

type KnownEntry = Pick<EntryDocument, "_id" | "digest" | "result">;

/** What is read of an entry that is known. */
const KNOWN = { digest: 1, result: 1 } as const;

/**
 * Reads what the outbox knows about these ids, in the snapshot of the session's transaction.
 *
 * The purge raises its horizon, majority, before it deletes anything at or below it. So a snapshot
 * that began before the raise sees every entry that the purge is about to delete, however long the
 * transaction runs: the id is known. A snapshot that began after the raise sees the horizon: the id
 * is expired. There is no snapshot in which an entry is gone and the horizon not raised. And an
 * entry that came and went within the life of one snapshot is no entry: it is purged an hour after
 * its ack at the least, and the server ends a transaction long before that; even then the insert of
 * its `_id` would conflict.
 */
export async function look(
  outbox: Outbox,
  ids: readonly EntryId[],
  session: ClientSession,
): Promise<Look> {
  const [purge, ...others] = await outbox.meta
    .aggregate<Seen>(looking(outbox, ids), { session })
    .toArray();
  if (purge === undefined) {
    throw new OutboxUnusable("not_set_up", `${outbox.meta.namespace} has lost its purge horizon`);
  }
  const found = [purge, ...others].flatMap(({ entry }) => entry ?? []);
  return { known: outcomes(found), horizon: purge.horizon.getTime() };
}

/** The purge horizon, once for each entry that is found, and once when none is. */
interface Seen {
  readonly horizon: Date;
  readonly entry?: KnownEntry;
}

// One question for both collections: a transaction takes $lookup, and refuses $unionWith. Unwound, as
// the receipts of a whole group might not fit into one document.
function looking(outbox: Outbox, ids: readonly EntryId[]): Document[] {
  const pipeline = [{ $match: { _id: { $in: ids.map(uuidOf) } } }, { $project: KNOWN }];
  return [
    { $match: { _id: META_ID.purge } },
    { $project: { horizon: 1 } },
    { $lookup: { from: outbox.entries.collectionName, pipeline, as: "entry" } },
    { $unwind: { path: "$entry", preserveNullAndEmptyArrays: true } },
  ];
}

/**
 * Looks again, outside any transaction, after one has failed: what another append committed
 * meanwhile, or this one's own commit whose reply was lost.
 *
 * A linearizable read: it sees everything that was committed before it began, also what our own
 * failed insert has seen without a majority having it yet, which a majority read might miss.
 *
 * @param timeoutMs how long the server may take.
 */
export async function lookAgain(
  outbox: Outbox,
  id: EntryId,
  timeoutMs: number,
): Promise<FirstOutcome | undefined> {
  const found = await outbox.entries.findOne(
    { _id: uuidOf(id) },
    {
      projection: KNOWN,
      readConcern: { level: "linearizable" },
      maxTimeMS: timeoutMs,
    },
  );
  return found === null ? undefined : outcomes([found]).get(id);
}

/**
 * What a look says about an append.
 *
 * @param digest of its content; without one, a known id is taken at its word.
 */
export function judge(id: EntryId, digest: Uint8Array | undefined, seen: Look): Verdict {
  const first = seen.known.get(id);
  if (first !== undefined) {
    return digest === undefined || sameBytes(digest, first.digest)
      ? { kind: "replay", receipt: first.receipt }
      : { kind: "reused" };
  }
  return entryIdTime(id) <= seen.horizon
    ? { kind: "expired", horizon: new Date(seen.horizon) }
    : { kind: "new" };
}

function outcomes(documents: readonly KnownEntry[]): Map<EntryId, FirstOutcome> {
  return new Map(
    documents.map((document) => {
      const id = entryIdOf(document._id);
      const receipt = storedReceipt(document) ?? create(ReceiptSchema, { entryId: id });
      return [id, { digest: document.digest.value(), receipt }];
    }),
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
