import { create } from "@bufbuild/protobuf";
import { type DocumentResult, type EntryId, type Receipt, ReceiptSchema } from "@outgraph/events";
import { type EntryDocument, entryDocument, type Outbox } from "@outgraph/outbox";
import type { ClientSession } from "mongodb";
import { IdExpired, IdReused } from "./errors.ts";
import { type FirstOutcome, judge, type Look, look } from "./look.ts";
import type { PreparedEntry } from "./prepare.ts";

/** What tells one append from another. */
export interface AppendIdentity {
  readonly id: EntryId;
  /** Whether the id came from outside, so that it may be known, or too old to tell. */
  readonly idGiven: boolean;
  /**
   * What a known id is compared by. Left out when the content is only known once it is written: a
   * known id then returns the first outcome whatever it was about.
   */
  readonly digest?: Uint8Array;
  /**
   * Whether an earlier transaction of this very call may have committed it: its id is looked for
   * then, and what is found is the call's own.
   */
  readonly undecided?: boolean;
}

/** One append: documents and an entry that shall commit together. */
export interface Append extends AppendIdentity {
  /**
   * Writes the documents, in the session's transaction, and says what to append. Not called for an
   * id that is known or expired; called again when the transaction is run again.
   */
  readonly write: (session: ClientSession) => Promise<Written>;
}

/** What was written for an append. */
export interface Written {
  readonly entry: PreparedEntry;
  /** For the receipt. */
  readonly documents: readonly DocumentResult[];
}

/** An append that is committed, now or before. */
export interface AppendOutcome {
  readonly receipt: Receipt;
  /** True when an earlier call with this id had committed, and nothing was written now. */
  readonly replayed: boolean;
}

/** What became of one append of a transaction. A refusal leaves the others as they are. */
export type AppendResult = AppendOutcome | IdReused | IdExpired;

/**
 * Does the work of some appends inside one transaction: one look for all their ids, then the
 * documents of those that are new, then all their entries, in the order of the appends. The look
 * comes first because a repeated append must get its first outcome even where its document writes
 * would fail now (a duplicate key of their own).
 *
 * The results hold once the transaction commits. An error of `write` is thrown as it is: the
 * transaction must be aborted, and with it every append in it.
 *
 * @param write writes the documents of these appends, as if one after another; not called for none.
 * @param looksAtAll ids made just now are not looked for, unless this says so: after an earlier
 *   attempt of the same transaction.
 */
export async function writeAppends<A extends AppendIdentity>(
  outbox: Outbox,
  session: ClientSession,
  appends: readonly A[],
  write: (fresh: readonly A[]) => Promise<readonly Written[]>,
  looksAtAll: boolean,
): Promise<AppendResult[]> {
  const asked = appends
    .filter(({ idGiven, undecided }) => idGiven || undecided || looksAtAll)
    .map(({ id }) => id);
  const seen: Look = asked.length > 0 ? await look(outbox, asked, session) : NOTHING_KNOWN;
  const fresh = theNew(appends, seen);
  const written = fresh.length > 0 ? await write(fresh) : [];
  const entries: EntryDocument[] = [];
  const known = new Map<EntryId, FirstOutcome>(seen.known); // and what this transaction adds
  const results: AppendResult[] = [];
  for (const append of appends) {
    const { id } = append;
    if (fresh[entries.length] === append) {
      const { entry, documents } = written[entries.length] as Written;
      const receipt = create(ReceiptSchema, { entryId: id, documents: [...documents] });
      entries.push(entryDocument({ ...entry, ...(documents.length > 0 && { receipt }) }));
      known.set(id, { digest: entry.digest, receipt });
      results.push({ receipt, replayed: false });
    } else results.push(repeated(append, { known, horizon: seen.horizon }));
  }
  await insertAll(outbox, session, entries);
  return results;
}

async function insertAll(
  outbox: Outbox,
  session: ClientSession,
  entries: readonly EntryDocument[],
): Promise<void> {
  const [first, ...others] = entries;
  if (others.length > 0) await outbox.entries.insertMany(entries, { session });
  // The same command, without the driver's bookkeeping of bulk writes: a tenth of a transaction's CPU.
  else if (first !== undefined) await outbox.entries.insertOne(first, { session });
}

/** Those whose id nobody has had yet, in order; of several with one id the first. */
function theNew<A extends AppendIdentity>(appends: readonly A[], seen: Look): readonly A[] {
  const taken = new Set<EntryId>();
  return appends.filter(({ id, digest }) => {
    if (taken.has(id) || judge(id, digest, seen).kind !== "new") return false;
    taken.add(id);
    return true;
  });
}

/** What becomes of an append that is not new. */
function repeated({ id, idGiven, digest, undecided }: AppendIdentity, seen: Look): AppendResult {
  const verdict = judge(id, digest, seen);
  switch (verdict.kind) {
    case "new":
      throw new Error(`entry ${id} is neither known nor written`);
    case "replay":
      // An id made by this call can only be known from an earlier attempt of this call.
      return { receipt: verdict.receipt, replayed: idGiven && undecided !== true };
    case "reused":
      return new IdReused(id);
    case "expired":
      return new IdExpired(id, verdict.horizon);
  }
}

const NOTHING_KNOWN: Look = { known: new Map(), horizon: Number.NEGATIVE_INFINITY };
