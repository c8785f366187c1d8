import type { Epoch } from "./lane.ts";

/** The right to relay, as its holder sees it. */
export interface Lease {
  readonly holder: string;
  readonly epoch: Epoch;
  /** How long the store lets it outlive the last renewal, in milliseconds. */
  readonly ttlMs: number;
  /**
   * When the store was last *asked* for it, by the holder's clock. Not when it answered: a slow
   * answer then shortens the holder's trust and can never lengthen it.
   */
  readonly askedAt: number;
}

/** What the store says to somebody who wants the lease. */
export type LeaseAnswer =
  | { readonly kind: "granted"; readonly epoch: Epoch }
  /** `remainingMs` is judged by the store's clock. */
  | { readonly kind: "held"; readonly by: string; readonly remainingMs: number };

/** Longest pause between two looks of a standby, in milliseconds: half of the second it has. */
export const STANDBY_LOOK_MS = 500;

/** Until when the holder may believe that nobody else has it, by its own clock. */
export function trustedUntil(lease: Lease): number {
  return lease.askedAt + lease.ttlMs;
}

/** When to renew: early enough for two more tries before it runs out. */
export function renewalDueAt(lease: Lease): number {
  return lease.askedAt + lease.ttlMs / 3;
}

/** How long to wait after a renewal that failed in passing, in milliseconds. */
export function renewalRetryMs(lease: Lease): number {
  return Math.min(1_000, lease.ttlMs / 10);
}

/**
 * How long a standby waits before it asks again, in milliseconds: until the lease runs out, but not
 * longer than {@link STANDBY_LOOK_MS}, since a holder that stops in order gives it back early.
 */
export function standbyPauseMs(remainingMs: number): number {
  return Math.min(STANDBY_LOOK_MS, Math.max(20, remainingMs));
}
