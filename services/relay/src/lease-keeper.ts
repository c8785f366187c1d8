import type { Lease } from "./lease.ts";

/** Told while a lease is kept. */
export interface LeaseTold {
  /** It was renewed; the store took so long. */
  renewed(askedMs: number): void;
  /** A renewal failed in passing, and is tried again. */
  failed(): void;
  /** Once: it is another's, or can no longer be trusted. Nothing is told after that. */
  lost(why: string): void;
}

/** Keeps leases for a relay. */
export interface LeaseKeeper {
  /**
   * Resolves when a lease can be kept without delay. Asked before a lease is taken, since getting
   * ready may take a good part of a short one. @throws CallFailed when it fails in passing.
   */
  ready(): Promise<void>;
  /**
   * Renews the lease until told to stop, or until it is lost.
   *
   * @returns how to stop; resolves when no renewal is under way any more, or the lease is past trust.
   */
  keep(lease: Lease, told: LeaseTold): () => Promise<void>;
  /** Ends whatever it keeps ready. */
  close(): Promise<void>;
}
