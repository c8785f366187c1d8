import { setTimeout as pause } from "node:timers/promises";
import { type AckDocument, outboxCollections } from "@outgraph/outbox";
import type { Collection, Db } from "mongodb";

/** How often it is looked for new acks, in milliseconds. */
const LOOK_EVERY_MS = 5;

/** How many entries of an outbox are acked. Each ack is read once, so nothing may purge meanwhile. */
export class AckedCount {
  readonly #acks: Collection<AckDocument>;
  #batch = 0n;
  #entries = 0;

  constructor(db: Db) {
    this.#acks = outboxCollections(db).acks as Collection<AckDocument>;
  }

  /** As of now. */
  async look(): Promise<number> {
    const acks = this.#acks.aggregate<{ batch: bigint; entries: number }>([
      { $match: { lane: 0, batch: { $gt: this.#batch } } },
      { $sort: { lane: 1, batch: 1 } },
      { $project: { batch: 1, entries: { $size: "$entries" } } },
    ]);
    for await (const { batch, entries } of acks) {
      this.#batch = batch;
      this.#entries += entries;
    }
    return this.#entries;
  }

  /** Resolves when so many are. @returns how many then are. */
  async until(entries: number): Promise<number> {
    for (;;) {
      const acked = await this.look();
      if (acked >= entries) return acked;
      await pause(LOOK_EVERY_MS);
    }
  }

  /** Resolves when the ack of this batch, and so of every one before, is there. @returns as `until`. */
  async untilBatch(batch: bigint): Promise<number> {
    for (;;) {
      const acked = await this.look();
      if (this.#batch >= batch) return acked;
      await pause(LOOK_EVERY_MS);
    }
  }
}
