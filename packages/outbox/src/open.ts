import type { Db } from "mongodb";
import { type OutboxCollections, outboxCollections } from "./collections.ts";
import type { IdentityDocument } from "./meta-document.ts";
import { FORMAT, META_ID } from "./names.ts";
import { requireReplicaSet } from "./replica-set.ts";
import { OutboxUnusable } from "./unusable.ts";

/** Which outbox it is. */
export interface OutboxInfo {
  /** A UUID, made once at set-up; the graph carries it too. */
  readonly incarnation: string;
  readonly format: number;
  readonly createdAt: Date;
}

/** An outbox that was set up, in a format that this version reads. */
export interface Outbox extends OutboxCollections, OutboxInfo {}

/**
 * The outbox of a database, after a look that it is set up and its server is a replica set. One
 * majority read; changes nothing.
 *
 * @throws OutboxUnusable `not_set_up` (the message names the command), `format_newer`, or, as after a
 *   restore to a server of its own, `standalone` or `not_initiated`.
 */
export async function openOutbox(db: Db): Promise<Outbox> {
  await requireReplicaSet(db);
  const collections = outboxCollections(db);
  const info = await readInfo(collections);
  if (info === undefined) {
    throw new OutboxUnusable(
      "not_set_up",
      `database ${db.databaseName} has no outbox yet; make it with: ` +
        `outgraph-outbox setup --mongodb-uri <uri> --database ${db.databaseName}`,
    );
  }
  return { ...collections, ...info };
}

/** Which outbox a database has, if any. @throws OutboxUnusable `format_newer`. */
export async function readInfo(outbox: OutboxCollections): Promise<OutboxInfo | undefined> {
  const found = await outbox.meta.findOne({ _id: META_ID.outbox });
  if (found === null) return undefined;
  const { incarnation, format, createdAt } = found as IdentityDocument;
  if (format > FORMAT) {
    throw new OutboxUnusable(
      "format_newer",
      `the outbox in ${outbox.db.databaseName} has format ${format}, and this version of ` +
        `Outgraph reads format ${FORMAT}: upgrade it`,
    );
  }
  return { incarnation: incarnation.toString(), format, createdAt };
}
