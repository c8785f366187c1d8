import type { Timestamp, UUID } from "mongodb";

/**
 * An entry that waits for a person (`parked`), or behind one that does (`blocked`).
 *
 * Deleted only after the entry's ack or skip is confirmed, so an entry may have both for a while:
 * the ack wins.
 */
export type ParkedDocument = FailedDocument | BlockedDocument;

/** An entry that cannot be applied as the graph is. */
export interface FailedDocument extends Waiting {
  readonly kind: "parked";
  /** What Neo4j said, for people. */
  readonly error: string;
  /** The statement it said it to. */
  readonly cypher?: string;
}

/** An entry that conflicts with one that came before it and waits. */
export interface BlockedDocument extends Waiting {
  readonly kind: "blocked";
}

interface Waiting {
  /** The entry's id. */
  readonly _id: UUID;
  /** The entry's place in history: retried and released entries go in this order. */
  readonly at: Timestamp;
  /** How often it was tried. */
  readonly attempts: number;
  readonly since: Date;
  /** The parked or blocked entries before it that it conflicts with; it waits behind these. */
  readonly conflicts: readonly UUID[];
}
