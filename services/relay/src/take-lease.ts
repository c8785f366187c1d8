import { Interrupted } from "./ended.ts";
import { type Lease, standbyPauseMs } from "./lease.ts";
import type { RelayOptions } from "./options.ts";
import { type Patience, persist } from "./persist.ts";
import type { OutboxPort } from "./ports.ts";

/**
 * The lease, as soon as it can be had: at once when it is free, else when its holder lets it run out
 * or gives it back.
 *
 * @throws Interrupted when the signal aborts first.
 */
export async function takeLease(
  outbox: OutboxPort,
  { holder, leaseTtlMs: ttlMs }: Pick<RelayOptions, "holder" | "leaseTtlMs">,
  patience: Patience,
): Promise<Lease> {
  const { clock, signals, signal } = patience;
  for (let looks = 1; ; looks++) {
    let askedAt = clock.now();
    const ask = () => {
      askedAt = clock.now();
      return outbox.takeLease(holder, ttlMs);
    };
    const answer = await persist("lease", ask, patience);
    if (answer.kind === "granted") {
      signals.emit("lease.taken", { holder, epoch: answer.epoch });
      return { holder, epoch: answer.epoch, ttlMs, askedAt };
    }
    if (looks === 1) {
      signals.emit("role.changed", { role: "standby" });
      signals.emit("lease.held", { by: answer.by, remainingMs: answer.remainingMs });
    }
    await clock.sleep(standbyPauseMs(answer.remainingMs), signal);
    if (signal.aborted) throw new Interrupted();
  }
}
