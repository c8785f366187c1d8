import type { Entry, EntryId } from "@outgraph/events";
import type { At, OutboxPort } from "@outgraph/relay/test";

/** A transaction as writers run them: snapshot, majority. Its operations go one after another. */
export interface MongoTransaction {
  /** What it sees under a key; undefined when there is nothing. */
  read(key: string): Promise<unknown>;
  /** Adds one to a counter, and gives what it is then. */
  increment(key: string): Promise<number>;
  /** Inserts a document. */
  insert(key: string): Promise<void>;
  /** Inserts entries into the outbox, by one command. */
  append(...entries: readonly Entry[]): Promise<void>;
  /** Those of these entries that it sees, and where in history they stand. */
  places(ids: readonly EntryId[]): Promise<ReadonlyMap<EntryId, At>>;
  /** May be repeated. */
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/** A MongoDB with an empty outbox, as its contract sees it. */
export interface MongoUnderTest {
  /** The outbox, as a relay reaches it. */
  readonly outbox: OutboxPort;
  begin(): MongoTransaction;
  /**
   * One whose commits fail until the first has been told to fail: their answers are lost, or they are
   * themselves. What the client sends again afterwards goes through.
   */
  beginFar(commit: "reply_lost" | "lost"): MongoTransaction;
  /** What anybody reads now, outside of transactions. */
  read(key: string): Promise<unknown>;
  /** Deletes an entry, as the purge does. */
  purge(id: EntryId): Promise<void>;
  /** Lets the server end transactions by its own limit while `work` runs, and gives back its old one. */
  shortLived(work: (passes: () => Promise<void>) => Promise<void>): Promise<void>;
}
