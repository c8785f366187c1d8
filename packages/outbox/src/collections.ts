import type { Collection, CollectionOptions, Db } from "mongodb";
import type { AckDocument } from "./ack-document.ts";
import type { EntryDocument } from "./entry-document.ts";
import type { MetaDocument } from "./meta-document.ts";
import { COLLECTION } from "./names.ts";
import { outliveElections } from "./outlive-elections.ts";
import type { ParkedDocument } from "./parked-document.ts";

/** The collections of one outbox. Outside transactions they read and write with majority. */
export interface OutboxCollections {
  readonly db: Db;
  readonly entries: Collection<EntryDocument>;
  readonly acks: Collection<AckDocument>;
  readonly parked: Collection<ParkedDocument>;
  readonly meta: Collection<MetaDocument>;
}

// Said in full, so that a client's own settings (w: 1, secondary reads, promoted buffers) cannot
// weaken a promise or change a type. Inside a transaction the transaction's concerns hold.
const OPTIONS: CollectionOptions = {
  readPreference: "primary",
  readConcern: { level: "majority" },
  writeConcern: { w: "majority", journal: true },
  promoteValues: true,
  promoteLongs: true,
  useBigInt64: true,
  promoteBuffers: false,
  ignoreUndefined: false,
};

/** The collections of the outbox in a database; asks nothing of the server. */
export function outboxCollections(db: Db): OutboxCollections {
  outliveElections(db.client);
  return {
    db,
    entries: db.collection<EntryDocument>(COLLECTION.entries, OPTIONS),
    acks: db.collection<AckDocument>(COLLECTION.acks, OPTIONS),
    parked: db.collection<ParkedDocument>(COLLECTION.parked, OPTIONS),
    meta: db.collection<MetaDocument>(COLLECTION.meta, OPTIONS),
  };
}
