import { CallFailed } from "./call-failed.ts";
import type { Clock } from "./clock.ts";
import { SteppedDown } from "./ended.ts";
import { type Lease, renewalDueAt, renewalRetryMs, trustedUntil } from "./lease.ts";
import type { OutboxPort } from "./ports.ts";
import type { RelaySignalBus } from "./signals.ts";

/** What keeping a lease needs. */
export interface Keeping {
  readonly outbox: OutboxPort;
  readonly clock: Clock;
  readonly signals: RelaySignalBus;
  /** Told once, when the lease is lost or can no longer be trusted. */
  readonly onLost: (why: SteppedDown) => void;
}

/**
 * Renews a lease until told to stop, or until it is lost: taken by another, or not renewed for as
 * long as it lasts. A store that does not answer is not waited for beyond that.
 *
 * This is a courtesy that keeps two relays from fighting; what keeps a late one from writing is the
 * epoch, which the graph itself checks.
 *
 * @returns how to stop; resolves when no renewal is under way any more, or the lease is past trust.
 */
export function keepLease(
  lease: Lease,
  { outbox, clock, signals, onLost }: Keeping,
): () => Promise<void> {
  const stopping = new AbortController();
  const keep = async (): Promise<void> => {
    let held = lease;
    let dueAt = renewalDueAt(held);
    for (;;) {
      await clock.sleep(dueAt - clock.now(), stopping.signal);
      if (stopping.signal.aborted) return;
      const askedAt = clock.now();
      const answer = await within(
        trustedUntil(held) - askedAt,
        clock,
        () => outbox.renewLease(held.holder, held.epoch, held.ttlMs),
        stopping.signal,
      );
      if (stopping.signal.aborted) return;
      switch (answer) {
        case "renewed":
          held = { ...held, askedAt };
          signals.emit("lease.renewed", { epoch: held.epoch, askedMs: clock.now() - askedAt });
          dueAt = renewalDueAt(held);
          break;
        case "lost":
          return onLost(new SteppedDown("another relay took the lease"));
        case "failed":
          signals.emit("call.retried", { task: "lease", kind: "transient", attempt: 1 });
          dueAt = clock.now() + renewalRetryMs(held);
          break;
        case "silent":
          return onLost(tooLate());
      }
      if (dueAt >= trustedUntil(held)) {
        await clock.sleep(trustedUntil(held) - clock.now(), stopping.signal);
        return stopping.signal.aborted ? undefined : onLost(tooLate());
      }
    }
  };
  const kept = keep();
  return async () => {
    stopping.abort();
    await kept;
  };
}

function tooLate(): SteppedDown {
  return new SteppedDown("the lease could not be renewed in time");
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
  const over = AbortSignal.any([answered.signal, stopping]);
  const silence = clock.sleep(ms, over).then(() => "silent" as const);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    answered.abort();
  }
}
