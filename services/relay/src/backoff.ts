/** How long to wait between tries. */
export interface BackoffOptions {
  /** The longest first wait, in milliseconds. */
  readonly firstMs: number;
  /** The longest wait of all, in milliseconds. */
  readonly mostMs: number;
}

/**
 * How long to wait after the failure number `attempt` (from 1), in milliseconds: anything between
 * 0 and a limit that doubles with each failure up to the cap.
 *
 * Full jitter, because callers that failed together would otherwise come back together.
 *
 * @param random from 0 to below 1.
 */
export function backoffMs(attempt: number, options: BackoffOptions, random: number): number {
  // 2 ** 30 times a millisecond is above every cap, and far from where a double loses count.
  const doublings = Math.min(attempt - 1, 30);
  return random * Math.min(options.mostMs, options.firstMs * 2 ** doublings);
}
