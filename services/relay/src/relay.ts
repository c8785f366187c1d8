import { type BackoffOptions, backoffMs } from "./backoff.ts";
import type { Ended } from "./ended.ts";
import { RETRY_FIRST_MS, type RelayOptions } from "./options.ts";
import type { RelayPorts } from "./ports.ts";
import type { RelaySignalBus } from "./signals.ts";
import { term } from "./term.ts";

/** How a relay ends for good. */
export type RelayEnded = Extract<Ended, { kind: "stopped" | "halted" }>;

/**
 * Carries committed entries into the graph until told to stop, or unable to go on.
 *
 * It lives in terms: each begins with a take-over of the lease and the lane, and when one ends
 * because another relay took over, or because reading broke off, the next is tried.
 *
 * @param stop the order to stop.
 */
export async function relay(
  ports: RelayPorts,
  options: RelayOptions,
  signals: RelaySignalBus,
  stop: AbortSignal,
  random: () => number = Math.random,
): Promise<RelayEnded> {
  const backoff: BackoffOptions = { firstMs: RETRY_FIRST_MS, mostMs: options.retryMsMax };
  const patience = { clock: ports.clock, signals, backoff, signal: stop, random };
  // Terms that ended before they had carried anything, one after another.
  let fruitless = 0;
  const offs = (["batch.applied", "stream.quiet"] as const).map((sign) =>
    signals.on(sign, () => {
      fruitless = 0;
    }),
  );
  try {
    for (;;) {
      const ended = await term(ports, options, patience);
      if (stop.aborted && ended.kind !== "halted") return { kind: "stopped" };
      switch (ended.kind) {
        case "stopped":
          return ended;
        case "halted":
          signals.emit("role.changed", { role: "halted", why: ended.why });
          signals.emit("halted", { why: ended.why });
          return ended;
        case "stepped_down":
        case "broken_off":
          fruitless += 1;
          signals.emit("term.ended", { kind: ended.kind, why: ended.why });
          await ports.clock.sleep(backoffMs(fruitless, backoff, random()), stop);
      }
    }
  } finally {
    for (const off of offs) off();
  }
}
