import type { OutgraphClient } from "@outgraph/client";
import type { LagFound } from "./outcome.ts";

/** How long one entry may take. The stream waits for what was killed, however slow the machine. */
const WAIT_MS_MAX = 600_000;

/**
 * Measures how long a committed append takes until it is visible in the graph: from the answer of
 * `append` to the answer of a `waitApplied` for that entry, which was asked at once. So it includes
 * the way back of the acknowledgement, and time during which the relay or Neo4j was down.
 */
export class Lag {
  readonly #client: OutgraphClient;
  readonly #every: number;
  readonly #lags: number[] = [];
  readonly #waiting: Promise<void>[] = [];
  #seen = 0;

  /** @param every one of how many appends is measured. */
  constructor(client: OutgraphClient, every: number) {
    this.#client = client;
    this.#every = every;
  }

  /** To be called as soon as `append` has answered. */
  appended(entryId: string): void {
    if (this.#seen++ % this.#every !== 0) return;
    const waiting = this.#measure(entryId, performance.now());
    waiting.catch(() => {}); // told by `all`
    this.#waiting.push(waiting);
  }

  /** Resolves when every entry that is measured is visible. @throws when one is not applied. */
  async all(): Promise<void> {
    await Promise.all(this.#waiting);
  }

  /** What was found so far. */
  found(): LagFound {
    const sorted = this.#lags.toSorted((a, b) => a - b);
    const quantile = (q: number): number =>
      sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
    return { measured: sorted.length, p50: quantile(0.5), p99: quantile(0.99) };
  }

  async #measure(entryId: string, from: number): Promise<void> {
    const { entries } = await this.#client.waitApplied([entryId], { timeoutMs: WAIT_MS_MAX });
    const state = entries[0]?.state;
    if (state !== "applied")
      throw new Error(`entry ${entryId} is ${state}: ${entries[0]?.reason ?? "no reason"}`);
    this.#lags.push(performance.now() - from);
  }
}
