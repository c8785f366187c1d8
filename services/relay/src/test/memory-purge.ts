import type { EntryId } from "@outgraph/events";
import { AT_ZERO, type At, at } from "../at.ts";
import type { Clock } from "../clock.ts";
import { type BatchNumber, batchNumber, type Epoch, RING_SIZE } from "../lane.ts";
import type { Old, OldAck, OldSkip, Purged, PurgePort } from "../purge-port.ts";
import type { MemoryOutbox } from "./memory-outbox.ts";

/** How many acks a part has: few, so that tests see more than one. */
const ACKS_AT_ONCE = 3;

/** The purge of an outbox in memory, by the given clock as the server's. */
export class MemoryPurge implements PurgePort {
  retentionMs: number = Number.NaN;
  horizonMs: number = -1;
  readonly skips: OldSkip[] = [];
  /** Called before each call takes effect: a test lets calls fail by throwing here. */
  before: (call: keyof PurgePort) => void = () => {};
  /** Called after each call took effect. */
  afterwards: (call: keyof PurgePort) => void = () => {};
  readonly #outbox: MemoryOutbox;
  readonly #clock: Clock;
  #written = new Map<BatchNumber, number>();
  #horizons: { readonly from: At; readonly ms: number }[] = [];

  constructor(outbox: MemoryOutbox, clock: Clock) {
    this.#outbox = outbox;
    this.#clock = clock;
  }

  /** The horizon as it was at a time. */
  horizonAt(time: At): number {
    return this.#horizons.findLast(({ from }) => from <= time)?.ms ?? -1;
  }

  /** A copy of everything, to put back later. */
  backup(): () => void {
    const [horizons, skips, written] = [[...this.#horizons], [...this.skips], this.#written];
    const copy = new Map(written);
    const { horizonMs, retentionMs } = this;
    return () => {
      this.#horizons = [...horizons];
      this.#written = new Map(copy);
      this.skips.splice(0, this.skips.length, ...skips);
      Object.assign(this, { horizonMs, retentionMs });
    };
  }

  /** An ack was written. */
  written(batch: BatchNumber): void {
    this.#written.set(batch, this.#clock.wall());
  }

  /** A person skipped an entry. */
  skip(entry: EntryId): void {
    this.skips.push({ entry, written: at(BigInt(Math.floor(this.#clock.wall() / 1_000)) << 32n) });
  }

  async setRetention(epoch: Epoch, retentionMs: number): Promise<boolean> {
    return this.#owned("setRetention", epoch, () => {
      this.retentionMs = retentionMs;
    });
  }

  async oldAcks(retentionMs: number, after: BatchNumber): Promise<Old<OldAck>> {
    this.before("oldAcks");
    const { acks } = this.#outbox;
    const untilMs = this.#clock.wall() - retentionMs;
    const numbers = [...acks.keys()].sort((a, b) => (a < b ? -1 : 1));
    const last = (numbers.at(-1) ?? 0n) - RING_SIZE;
    const old = numbers.filter(
      (batch) => batch > after && batch <= last && (this.#written.get(batch) ?? 0) < untilMs,
    );
    const found = old
      .slice(0, ACKS_AT_ONCE)
      .map((batch) => ({ batch: batchNumber(batch), entries: acks.get(batch)?.entries ?? [] }));
    return { found, untilMs };
  }

  async oldSkips(retentionMs: number, after: At = AT_ZERO): Promise<Old<OldSkip>> {
    this.before("oldSkips");
    const untilMs = this.#clock.wall() - retentionMs;
    const until = at(BigInt(Math.max(0, Math.floor(untilMs / 1_000))) << 32n);
    return {
      found: this.skips.filter(({ written }) => written > after && written < until),
      untilMs,
    };
  }

  async raisePurgeHorizon(epoch: Epoch, toMs: number): Promise<boolean> {
    return this.#owned("raisePurgeHorizon", epoch, () => {
      if (toMs <= this.horizonMs) return;
      this.#horizons.push({ from: this.#outbox.time, ms: toMs });
      this.horizonMs = toMs;
      this.#outbox.onChange({ kind: "horizon", ms: toMs });
    });
  }

  async purge(epoch: Epoch, { entries, acks }: Purged): Promise<boolean> {
    return this.#owned("purge", epoch, () => {
      this.#outbox.purge(entries);
      for (const entry of entries) this.#outbox.parked.delete(entry);
      for (const batch of acks) {
        if (this.#outbox.acks.delete(batch)) this.#outbox.onChange({ kind: "ack_purged", batch });
      }
    });
  }

  async #owned(call: keyof PurgePort, epoch: Epoch, work: () => void): Promise<boolean> {
    this.before(call);
    if (this.#outbox.epoch !== epoch) return false;
    work();
    this.afterwards(call);
    return true;
  }
}
