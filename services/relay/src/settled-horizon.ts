import { type At, atEarlier, earlier } from "./at.ts";

/** How long before now an entry may have been inserted and not be visible yet, in milliseconds. */
export function transactionSpanMs(transactionLifetimeMs: number): number {
  // Three times the server's limit: it looks for transactions past it only now and then, and a
  // commit that has begun is let finish.
  return 3 * transactionLifetimeMs;
}

/** What decides how far back nothing can change any more. */
export interface Settling {
  /** Everything that committed up to here has been read. */
  readonly readUpTo: At;
  /** The oldest entry that was read and has no confirmed ack, in the order of history. */
  readonly oldestUndecided: At | undefined;
  readonly transactionLifetimeMs: number;
}

/**
 * The time before which everything is decided: read, acked, and older than any transaction that is
 * still open can be.
 */
export function settledHorizon({ readUpTo, oldestUndecided, transactionLifetimeMs }: Settling): At {
  const visible = atEarlier(readUpTo, transactionSpanMs(transactionLifetimeMs));
  return oldestUndecided === undefined ? visible : earlier(visible, oldestUndecided);
}
