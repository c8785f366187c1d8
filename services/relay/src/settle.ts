import { AT_ZERO, type At } from "./at.ts";
import { type Patience, persist } from "./persist.ts";
import type { OutboxPort } from "./ports.ts";
import { type Settling, settledHorizon } from "./settled-horizon.ts";

/** How often the settled horizon is looked at, in milliseconds. A later one makes a start shorter. */
const SETTLE_EVERY_MS = 10_000;

/**
 * Raises the settled horizon in the outbox now and then, until the signal aborts.
 *
 * @param settling what decides it; undefined as long as the walk is under way.
 * @param onRaised is told first: from then on nothing may appear before it.
 */
export async function settle(
  outbox: OutboxPort,
  settling: () => Settling | undefined,
  onRaised: (horizon: At) => void,
  patience: Patience,
): Promise<void> {
  let raised: At = AT_ZERO;
  for (;;) {
    await patience.clock.sleep(SETTLE_EVERY_MS, patience.signal);
    if (patience.signal.aborted) return;
    const now = settling();
    if (now === undefined) continue;
    const horizon = settledHorizon(now);
    if (horizon <= raised) continue;
    onRaised(horizon);
    await persist("settled", () => outbox.raiseSettledHorizon(horizon), patience);
    raised = horizon;
    patience.signals.emit("settled.raised", { at: horizon });
  }
}
