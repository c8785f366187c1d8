import { Interrupted } from "./ended.ts";
import type { BatchNumber } from "./lane.ts";
import { type Patience, persist } from "./persist.ts";
import type { Ack, OutboxPort } from "./ports.ts";

/** Most acks in one write; more wait for the next. */
const ACKS_AT_ONCE = 100;

/**
 * Writes acks in the order in which commits were learned, one write at a time, beside the commits
 * that follow. It never gives one up: a start reads the ring for what was left.
 */
export class AckQueue {
  readonly #outbox: OutboxPort;
  readonly #patience: Patience;
  readonly #onFailure: (error: unknown) => void;
  readonly #waiting: Ack[] = [];
  #confirmed: BatchNumber;
  #writing = false;
  #failed: { readonly error: unknown } | undefined;
  #watchers: (() => void)[] = [];

  /**
   * @param confirmed the newest batch whose ack, and every one before, is known to be there.
   * @param patience its signal ends the queue; what is not written by then stays unwritten.
   * @param onFailure is told when an ack can never be written.
   */
  constructor(
    outbox: OutboxPort,
    confirmed: BatchNumber,
    patience: Patience,
    onFailure: (error: unknown) => void,
  ) {
    this.#outbox = outbox;
    this.#confirmed = confirmed;
    this.#patience = patience;
    this.#onFailure = onFailure;
    patience.signal.addEventListener("abort", () => this.#fail(new Interrupted()), { once: true });
  }

  /** Takes the ack of the next batch. */
  push(ack: Ack): void {
    this.#waiting.push(ack);
    if (!this.#writing && this.#failed === undefined) void this.#write();
  }

  /** The acks that are not confirmed yet, oldest first. */
  get unconfirmed(): readonly Ack[] {
    return this.#waiting;
  }

  /** The newest batch whose ack, and every one before, is confirmed. */
  get confirmedBatch(): BatchNumber {
    return this.#confirmed;
  }

  /** Resolves when the ack of this batch is confirmed, and of every one before. @throws what ended the queue. */
  async confirmed(batch: BatchNumber): Promise<void> {
    while (this.#confirmed < batch) await this.#change();
  }

  /** Resolves when nothing is left to write. @throws what ended the queue. */
  async idle(): Promise<void> {
    while (this.#waiting.length > 0) await this.#change();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#waiting.length > 0 && this.#failed === undefined) {
        const acks = this.#waiting.slice(0, ACKS_AT_ONCE);
        await persist("ack", () => this.#outbox.writeAcks(acks), this.#patience);
        this.#waiting.splice(0, acks.length);
        this.#confirmed = acks.at(-1)?.batch ?? this.#confirmed;
        this.#patience.signals.emit("ack.confirmed", { batch: this.#confirmed, acks: acks.length });
        this.#wake();
      }
    } catch (error) {
      if (this.#fail(error) && !(error instanceof Interrupted)) this.#onFailure(error);
    } finally {
      this.#writing = false;
    }
  }

  #fail(error: unknown): boolean {
    if (this.#failed !== undefined) return false;
    this.#failed = { error };
    this.#wake();
    return true;
  }

  #change(): Promise<void> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed.error);
    return new Promise((resolve, reject) => {
      this.#watchers.push(() =>
        this.#failed === undefined ? resolve() : reject(this.#failed.error),
      );
    });
  }

  #wake(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }
}
