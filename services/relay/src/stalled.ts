import { backoffMs } from "./backoff.ts";
import { Interrupted } from "./ended.ts";
import type { Patience } from "./persist.ts";
import type { Task } from "./signals.ts";

/**
 * How often something is tried that was too much for one transaction, and cannot be made smaller: a
 * stalled server lets every transaction run out of its time, even the smallest.
 */
export const STALLED_TRIES = 5;

/** Waits before the try after `attempt`. @throws Interrupted when the signal aborts. */
export async function pauseAfterStall(
  task: Task,
  attempt: number,
  { clock, signals, backoff, signal, random }: Patience,
): Promise<void> {
  signals.emit("call.retried", { task, kind: "too_big", attempt });
  await clock.sleep(backoffMs(attempt, backoff, random()), signal);
  if (signal.aborted) throw new Interrupted();
}
