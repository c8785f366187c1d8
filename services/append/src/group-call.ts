import type { CheckedAppend } from "./check-append.ts";
import type { CallLimit, Committed } from "./ports.ts";
import type { Refusal } from "./refusal.ts";

/** Says what an append is answered when its time is up. */
export interface LateAnswers {
  late(append: CheckedAppend, begun: boolean): Refusal;
}

/**
 * The results of one call's appends: all there are when the last one is settled, or when the time is
 * up or the caller has gone, whichever is first.
 */
export class GroupCall {
  readonly results: Promise<(Committed | Refusal)[]>;
  readonly signal: AbortSignal;
  readonly #appends: readonly CheckedAppend[];
  readonly #late: LateAnswers;
  readonly #settled: (Committed | Refusal | undefined)[];
  readonly #begun: boolean[];
  readonly #deadline: number;
  readonly #timer: NodeJS.Timeout;
  readonly #gone: () => void;
  readonly #resolve: (results: (Committed | Refusal)[]) => void;
  #left: number;

  constructor(appends: readonly CheckedAppend[], limit: CallLimit, late: LateAnswers) {
    const { promise, resolve } = Promise.withResolvers<(Committed | Refusal)[]>();
    this.results = promise;
    this.#resolve = resolve;
    this.signal = limit.signal;
    this.#appends = appends;
    this.#late = late;
    this.#settled = appends.map(() => undefined);
    this.#begun = appends.map(() => false);
    this.#left = appends.length;
    this.#deadline = performance.now() + limit.timeoutMs;
    this.#timer = setTimeout(() => this.#end("deadline"), limit.timeoutMs);
    this.#gone = () => this.#end("cancelled");
    if (limit.signal.aborted) this.#gone();
    else if (limit.timeoutMs < 1) this.#end("deadline");
    else limit.signal.addEventListener("abort", this.#gone, { once: true });
  }

  /** Whether it has its answer. */
  get ended(): boolean {
    return this.#left === 0;
  }

  /** What is left of its time, in milliseconds; at least 1. */
  leftMs(): number {
    return Math.max(1, Math.floor(this.#deadline - performance.now()));
  }

  /** From now on the append may be committed. */
  begin(index: number): void {
    this.#begun[index] = true;
  }

  /** It is certain that the append is not committed. */
  notBegun(index: number): void {
    this.#begun[index] = false;
  }

  /** The result of one append; too late it changes nothing. */
  settle(index: number, result: Committed | Refusal): void {
    if (this.#settled[index] !== undefined) return;
    this.#settled[index] = result;
    this.#left -= 1;
    if (this.#left > 0) return;
    clearTimeout(this.#timer);
    this.signal.removeEventListener("abort", this.#gone);
    this.#resolve(this.#settled as (Committed | Refusal)[]);
  }

  #end(why: "deadline" | "cancelled"): void {
    for (const [index, append] of this.#appends.entries()) {
      if (this.#settled[index] !== undefined) continue;
      const begun = this.#begun[index] as boolean;
      this.settle(index, why === "cancelled" ? { kind: why } : this.#late.late(append, begun));
    }
  }
}
