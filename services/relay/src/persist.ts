import { type BackoffOptions, backoffMs } from "./backoff.ts";
import { CallFailed } from "./call-failed.ts";
import type { Clock } from "./clock.ts";
import { Interrupted } from "./ended.ts";
import type { RelaySignalBus, Task } from "./signals.ts";

/** What patience needs. */
export interface Patience {
  readonly clock: Clock;
  readonly signals: RelaySignalBus;
  readonly backoff: BackoffOptions;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/**
 * What `call` gives, however often it has to be asked: a call that failed in passing is repeated for
 * ever, with capped exponential back-off and full jitter.
 *
 * Says once that it waits, again when the reason changes, and once that it goes on.
 *
 * @throws CallFailed for every failure that is not a passing one, at once.
 * @throws Interrupted when the signal aborts; a call under way is not cut short, only not repeated.
 */
export async function persist<T>(
  task: Task,
  call: () => Promise<T>,
  { clock, signals, backoff, signal, random }: Patience,
): Promise<T> {
  let waitingSince: number | undefined;
  let reason: string | undefined;
  for (let attempt = 1; ; attempt++) {
    if (signal.aborted) throw new Interrupted();
    const answered = (): void => {
      if (waitingSince === undefined) return;
      const afterMs = clock.now() - waitingSince;
      signals.emit("task.recovered", { task, afterMs, attempts: attempt });
    };
    try {
      const result = await call();
      answered();
      return result;
    } catch (error) {
      if (!(error instanceof CallFailed) || error.kind !== "transient") {
        // Whatever it is, nobody waits for it any more.
        answered();
        throw error;
      }
      waitingSince ??= clock.now();
      signals.emit("call.retried", { task, kind: error.kind, attempt });
      if (reasonOf(error) !== reason) {
        reason = reasonOf(error);
        signals.emit("task.waiting", { task, message: error.message });
      }
      await clock.sleep(backoffMs(attempt, backoff, random()), signal);
    }
  }
}

// Codes, where there are any: messages carry addresses and times that change from try to try.
function reasonOf({ failure }: CallFailed): string {
  return String(failure.code ?? failure.kind);
}
