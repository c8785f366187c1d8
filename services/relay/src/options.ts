/** How the loop behaves. Everything here was checked once, at the start of the process. */
export interface RelayOptions {
  /** Who this relay is, in the lease; no two processes bear one name. */
  readonly holder: string;

  /**
   * How long the lease outlives its last renewal, in milliseconds. After a crash another relay takes
   * over no earlier than this. 1 000 to 300 000; default 10 000.
   */
  readonly leaseTtlMs: number;

  /**
   * Most mutations in one transaction. More means fewer commits, and more work repeated after a
   * crash. 1 to 50 000; default 5 000.
   */
  readonly batchRowsMax: number;

  /**
   * Most encoded bytes in one transaction, and about as much waits behind it in memory. 65 536 to
   * 67 108 864; default 8 388 608.
   */
  readonly batchBytesMax: number;

  /**
   * How long one transaction on Neo4j should take, in milliseconds: batches grow and shrink
   * towards it. Shorter makes smaller batches, and entries seen sooner under load; longer makes
   * fewer commits. Never more than an eighth of the lease. 10 to 60 000; default 1 000.
   */
  readonly batchTargetMs: number;

  /**
   * Longest wait between two tries of a call that fails in passing, in milliseconds. Shorter notices
   * sooner that a server is back, and bothers it more. 100 to 300 000; default 5 000.
   */
  readonly retryMsMax: number;

  /**
   * How long entries and acks are kept after the ack, in milliseconds. Until then a graph that was
   * put back can be caught up again, and a repeated append gets its first answer; after it, a repeat
   * is refused. 3 600 000 (an hour) to 87 600 hours; default 604 800 000 (seven days). Nothing here
   * refuses less, for tests; what a process is told does.
   */
  readonly retentionMs: number;

  /**
   * What becomes of an entry that cannot be applied: `park` sets it aside, with those that conflict
   * with it, and goes on with the rest; `halt` stops everything until a person has mended the cause.
   * Default `park`.
   */
  readonly onPoison: "park" | "halt";

  /**
   * Most entries parked one after another, without one between them that could be applied; one more
   * halts. 1 to 10 000; default 20.
   */
  readonly parkedInARowMax: number;

  /**
   * What happens to the constraints and indexes that batches need: `ensure` makes them, `require`
   * halts with their Cypher when one is not there, `off` asks for nothing, and a merge by a key
   * without one is slow and safe from no other writer. Default `ensure`.
   */
  readonly schema: "ensure" | "require" | "off";

  /** How long acks may take to be written after SIGTERM, in milliseconds. 0 to 600 000; default 10 000. */
  readonly stopGraceMs: number;
}

/** The longest first wait after a failure, in milliseconds. */
export const RETRY_FIRST_MS = 50;
