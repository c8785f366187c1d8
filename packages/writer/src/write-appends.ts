import { create } from "@bufbuild/protobuf";
import { type DocumentResult, type EntryId, type Receipt, ReceiptSchema } from "@outgraph/events";
import { type EntryDocument, entryDocument, type Outbox } from "@outgraph/outbox";
import type { ClientSession } from "mongodb";
import { IdExpired, IdReused } from "./errors.ts";
import { type FirstOutcome, judge, type Look, look } from "./look.ts";
import type { PreparedEntry } from "./prepare.ts";

/** One append: documents and an entry that shall commit together. */
export interface Append {
  readonly id: EntryId;
  /** Whether the id came from outside, so that it may be known, or too old to tell. */
  readonly idGiven: boolean;
  /**
   * What a known id is compared by. Left out when the content is only known once `write` has run:
   * a known id then returns the first outcome whatever it was about.
   */
  readonly digest?: Uint8Array;
  /**
   * Writes the documents, in the session's transaction, and says what to append. Not called for an
   * id that is known or expired; called again when the transaction is run again.
   */
  readonly write: (session: ClientSession) => Promise<Written>;
}

/** What `write` did. */
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
 * Does the work of some appends inside one transaction: one look for all their ids, then each one's
 * document writes, then all the entries. The look comes first because a repeated append must get
 * its first outcome even where its document writes would fail now (a duplicate key of their own).
 *
 * The results hold once the transaction commits. An error of any `write` is thrown as it is: the
 * transaction must be aborted, and with it every append in it.
 *
 * @param looksAtAll ids made just now are not looked for, unless this says so: after an earlier
 *   attempt of the same transaction.
 */
export async function writeAppends(
  outbox: Outbox,
  session: ClientSession,
  appends: readonly Append[],
  looksAtAll: boolean,
): Promise<AppendResult[]> {
  const asked = appends.filter(({ idGiven }) => idGiven || looksAtAll).map(({ id }) => id);
  const seen: Look = asked.length > 0 ? await look(outbox, asked, session) : NOTHING_KNOWN;
  const known = new Map<EntryId, FirstOutcome>(seen.known); // and what this transaction adds
  const entries: EntryDocument[] = [];
  const results: AppendResult[] = [];
  for (const append of appends) {
    const { id, digest } = append;
    const verdict = judge(id, digest, { known, horizon: seen.horizon });
    switch (verdict.kind) {
      case "new": {
        const { entry, documents } = await append.write(session);
        const receipt = create(ReceiptSchema, { entryId: id, documents: [...documents] });
        entries.push(entryDocument({ ...entry, ...(documents.length > 0 && { receipt }) }));
        known.set(id, { digest: entry.digest, receipt });
        results.push({ receipt, replayed: false });
        break;
      }
      case "replay":
        // An id made by this call can only be known from an earlier attempt of this call.
        results.push({ receipt: verdict.receipt, replayed: append.idGiven });
        break;
      case "reused":
        results.push(new IdReused(id));
        break;
      case "expired":
        results.push(new IdExpired(id, verdict.horizon));
        break;
    }
  }
  if (entries.length > 0) await outbox.entries.insertMany(entries, { session });
  return results;
}

const NOTHING_KNOWN: Look = { known: new Map(), horizon: Number.NEGATIVE_INFINITY };
