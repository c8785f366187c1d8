import { CallFailed } from "./call-failed.ts";
import type { Clock } from "./clock.ts";
import { type Lease, renewalDueAt, renewalRetryMs, trustedUntil } from "./lease.ts";
import type { LeaseKeeper, LeaseTold } from "./lease-keeper.ts";
import type { OutboxPort } from "./ports.ts";

/** What keeping a lease needs. */
export interface Keeping {
  /** Asks the store: whether the lease is still its holder's, and lasts `ttlMs` again from now. */
  readonly renew: (lease: Lease) => Promise<boolean>;
  readonly clock: Clock;
  /** When the loop that owns the lease last showed that it turns, by the same clock. */
  readonly beatAt: () => number;
  readonly told: LeaseTold;
}

/**
 * Renews a lease until told to stop, or until it is lost: taken by another, not renewed for as long
 * as it lasts, or its owner's loop has not turned for that long. A store that does not answer is not
 * waited for beyond that.
 *
 * This is a courtesy that keeps two relays from fighting; what keeps a late one from writing is the
 * epoch, which the graph itself checks.
 *
 * @returns how to stop; resolves when no renewal is under way any more, or the lease is past trust.
 */
export function keepLease(lease: Lease, keeping: Keeping): () => Promise<void> {
  const stopping = new AbortController();
  const kept = keep(lease, keeping, stopping.signal).then(
    (why) => {
      if (why !== undefined && !stopping.signal.aborted) keeping.told.lost(why);
    },
    (error: unknown) => keeping.told.lost(`the lease cannot be renewed: ${String(error)}`),
  );
  return async () => {
    stopping.abort();
    await kept;
  };
}

/** Keeps leases in the relay's own loop, which turns whenever it can renew: for tests. */
export function keepingHere(outbox: OutboxPort, clock: Clock): LeaseKeeper {
  return {
    ready: async () => {},
    keep: (lease, told) =>
      keepLease(lease, {
        renew: ({ holder, epoch, ttlMs }) => outbox.renewLease(holder, epoch, ttlMs),
        clock,
        beatAt: () => clock.now(), // whoever can renew, turns
        told,
      }),
    close: async () => {},
  };
}

const TOO_LATE = "the lease could not be renewed in time";
const HUNG = "the relay's loop did not turn for one lease time";

/** Why the lease is lost; undefined when it was stopped. */
async function keep(
  lease: Lease,
  { renew, clock, beatAt, told }: Keeping,
  stopping: AbortSignal,
): Promise<string | undefined> {
  let held = lease;
  let dueAt = renewalDueAt(held);
  for (;;) {
    if (dueAt >= trustedUntil(held)) {
      await clock.sleep(trustedUntil(held) - clock.now(), stopping);
      return TOO_LATE;
    }
    if (!(await turning(dueAt, held.ttlMs, { clock, beatAt }, stopping))) return HUNG;
    if (stopping.aborted) return undefined;
    const askedAt = clock.now();
    const patienceMs = trustedUntil(held) - askedAt;
    const answer = await within(patienceMs, clock, () => renew(held), stopping);
    if (stopping.aborted) return undefined;
    switch (answer) {
      case "renewed":
        held = { ...held, askedAt };
        told.renewed(clock.now() - askedAt);
        dueAt = renewalDueAt(held);
        break;
      case "lost":
        return "another relay took the lease";
      case "failed":
        told.failed();
        dueAt = clock.now() + renewalRetryMs(held);
        break;
      case "silent":
        return TOO_LATE;
    }
  }
}

/** Whether the owner's loop turned until then; resolves sooner when it did not for `ttlMs`. */
async function turning(
  until: number,
  ttlMs: number,
  { clock, beatAt }: Pick<Keeping, "clock" | "beatAt">,
  stopping: AbortSignal,
): Promise<boolean> {
  while (!stopping.aborted) {
    const now = clock.now();
    const hungAt = beatAt() + ttlMs;
    if (now >= hungAt) return false;
    if (now >= until) return true;
    await clock.sleep(Math.min(until, hungAt) - now, stopping);
  }
  return true;
}

/** What the store answers, or that it said nothing within this time. */
async function within(
  ms: number,
  clock: Clock,
  renew: () => Promise<boolean>,
  stopping: AbortSignal,
): Promise<"renewed" | "lost" | "failed" | "silent"> {
  const answered = new AbortController();
  const answer = renew().then(
    (held) => (held ? ("renewed" as const) : ("lost" as const)),
    // Whatever it is, the lease stands until it runs out: another try may find the store well.
    (error: unknown) => {
      if (error instanceof CallFailed) return "failed" as const;
      throw error;
    },
  );
  answer.catch(() => {}); // a late failure is nobody's any more
  const over = AbortSignal.any([answered.signal, stopping]);
  const silence = clock.sleep(ms, over).then(() => "silent" as const);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    answered.abort();
  }
}
