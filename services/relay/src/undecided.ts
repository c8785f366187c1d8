import type { AckQueue } from "./ack-queue.ts";
import { type At, atMs } from "./at.ts";
import type { EntryBuffer } from "./entry-buffer.ts";
import type { PendingEntry } from "./pending-entry.ts";
import type { Backlog } from "./ports.ts";
import type { RelaySignalBus } from "./signals.ts";
import type { Reader } from "./unread-count.ts";

/** Keeps count of what was read and is not decided yet: waiting, under way, or without its ack. */
export class Undecided {
  readonly #waiting: EntryBuffer;
  readonly #acks: AckQueue;
  readonly #signals: RelaySignalBus;
  #underWay: readonly PendingEntry[] = [];
  #underWayBytes = 0;
  // How many entries wait behind those that were read, as far as it was counted.
  #unread = 0;

  constructor(waiting: EntryBuffer, acks: AckQueue, signals: RelaySignalBus) {
    this.#waiting = waiting;
    this.#acks = acks;
    this.#signals = signals;
  }

  /** These were taken from what waits, and are under way; none any more when it is empty. */
  begin(batch: readonly PendingEntry[]): void {
    this.#underWay = batch;
    this.#underWayBytes = batch.reduce((sum, { bytes }) => sum + bytes, 0);
    this.say();
  }

  /** Whether entries are on their way into the graph. */
  get busy(): boolean {
    return this.#underWay.length > 0;
  }

  /** So many entries wait that were not read. */
  countUnread(entries: number): void {
    this.#unread = entries;
    this.say();
  }

  /** Where reading stands, when there may be more behind it: while what was read is not applied yet. */
  get reader(): Reader | undefined {
    const { furthest, read, entries } = this.#waiting;
    if (furthest === undefined || (entries === 0 && !this.busy)) return undefined;
    return { until: furthest, read };
  }

  /** The oldest, in the order of history. */
  get oldestAt(): At | undefined {
    let oldest: At | undefined;
    const see = (at: At): void => {
      if (oldest === undefined || at < oldest) oldest = at;
    };
    for (const ack of this.#acks.unconfirmed) see(ack.at.min);
    for (const entry of this.#underWay) see(entry.at);
    for (const entry of this.#waiting.all()) see(entry.at);
    return oldest;
  }

  /** What is not in the graph yet. */
  get backlog(): Backlog {
    const read = this.#waiting.entries + this.#underWay.length;
    const bytes = this.#waiting.bytes + this.#underWayBytes;
    const unreadBytes = read === 0 ? 0 : Math.round((bytes / read) * this.#unread);
    const first = this.#first;
    return {
      entries: read + this.#unread,
      bytes: bytes + unreadBytes,
      oldestMs: first && atMs(first.at),
    };
  }

  /** Tells who listens. */
  say(): void {
    const { entries, bytes } = this.backlog;
    const first = this.#first;
    this.#signals.emit("backlog", {
      entries,
      bytes,
      coarse: first?.committed.coarse ?? false,
      ...(first !== undefined && { oldestMs: first.committed.ms }),
    });
  }

  get #first(): PendingEntry | undefined {
    return this.#underWay[0] ?? this.#waiting.first;
  }
}
