import type { EntryId } from "@outgraph/events";
import { Applier, type Applying } from "./apply.ts";
import { learningSize } from "./batch-size.ts";
import { batches } from "./batches.ts";
import { Bell } from "./bell.ts";
import type { Desk, Ordered, Outcome } from "./desk.ts";
import { BrokenOff, Interrupted } from "./ended.ts";
import { isolate } from "./isolate.ts";
import type { RelayOptions } from "./options.ts";
import { Parking } from "./parking.ts";
import type { PendingEntry } from "./pending-entry.ts";
import { persist } from "./persist.ts";
import type { OutboxPort } from "./ports.ts";
import type { SetAside } from "./set-aside.ts";
import { Undecided } from "./undecided.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** What carrying needs, of one term. */
export interface Carrying extends Applying {
  readonly outbox: OutboxPort;
  /** Where people leave orders; nobody can where there is none. */
  readonly desk: Desk | undefined;
  /** Where what is set aside is kept in memory; by default a new one. */
  readonly aside?: SetAside;
  readonly options: Pick<
    RelayOptions,
    "batchRowsMax" | "batchBytesMax" | "batchTargetMs" | "onPoison" | "parkedInARowMax"
  >;
}

/** Entries on their way into the graph. */
export class Carrier {
  readonly undecided: Undecided;
  readonly #with: Carrying;
  readonly #applier: Applier;
  readonly #parking: Parking;
  readonly #batches: AsyncIterator<readonly PendingEntry[]>;
  readonly #bell = new Bell();
  /** The next batch was asked for, and has not come. */
  #asked = false;
  /** It came. */
  #next: readonly PendingEntry[] | undefined;
  #ended: { readonly error?: unknown } | undefined;
  #paused = false;

  constructor(entries: AsyncIterable<PendingEntry>, carrying: Carrying) {
    const { options, patience, lease, acks } = carrying;
    const size = { ...options, leaseTtlMs: lease.ttlMs };
    const bounds = learningSize(size, patience);
    this.#with = carrying;
    this.#parking = new Parking({ ...carrying, epoch: lease.epoch }, carrying.aside);
    this.#applier = new Applier(carrying, (id) => this.#parking.find(id)?.aside);
    const waiting = batches(entries, bounds, patience.signal, () => this.undecided.say());
    this.#batches = waiting[Symbol.asyncIterator]();
    this.undecided = new Undecided(waiting.waiting, acks, patience.signals);
  }

  /**
   * Applies what comes, batch after batch, until the signal aborts: the batch under way is finished.
   * Between two batches it obeys orders; entries that nothing holds back any more go first.
   *
   * @throws Halt, SteppedDown, BrokenOff: what ends the term.
   */
  async carry(): Promise<void> {
    const { desk, outbox, patience } = this.#with;
    const { signal } = patience;
    signal.addEventListener("abort", this.#bell.ring, { once: true });
    desk?.open(this.#bell.ring);
    try {
      await this.#parking.load(this.#applier.last);
      this.#paused = (await persist("park", () => outbox.parking.pause(), patience)) !== undefined;
      if (this.#paused) patience.signals.emit("role.changed", { role: "paused" });
      while (!signal.aborted && this.#ended === undefined) {
        const ordered = desk?.take();
        if (ordered !== undefined) await this.#obey(ordered);
        else if (!(await this.#step())) await this.#bell.heard();
      }
      if (this.#ended?.error !== undefined) throw this.#ended.error;
    } finally {
      desk?.close();
      signal.removeEventListener("abort", this.#bell.ring);
      void this.#batches.return?.(); // it ends when the signal aborts, at the latest
    }
  }

  /** Does the next thing that there is to do. Returns false when there is none for now. */
  async #step(): Promise<boolean> {
    const { batchRowsMax, batchBytesMax } = this.#with.options;
    if (this.#paused) return false;
    if (this.#parking.hasReleased) {
      const released = await this.#parking.takeReleased(batchRowsMax, batchBytesMax);
      await this.#apply(await this.#parking.admit(released));
      return true;
    }
    if (this.#parking.isFull) return await this.#parking.refill(this.#applier.last);
    const batch = this.#next;
    if (batch === undefined) {
      this.#ask();
      return false;
    }
    this.#next = undefined;
    await this.#apply(await this.#parking.admit(batch));
    this.undecided.begin([]);
    return true;
  }

  /** Asks for the next batch; the bell rings when it has come. */
  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#batches
      .next()
      .then(
        ({ done, value }) => {
          if (done === true) {
            this.#ended = {};
            return;
          }
          this.#asked = false;
          this.#next = value;
          this.undecided.begin(value);
        },
        (error: unknown) => {
          this.#ended = { error };
        },
      )
      .finally(this.#bell.ring);
  }

  /**
   * Applies entries, in parts if need be, and parks what cannot be.
   *
   * What turns out to have been set aside is taken out at once, before the next part: with those that
   * were released that is every entry; in an ordinary batch, where a try of long ago wins, some.
   *
   * @returns how many others were released by that.
   */
  async #apply(entries: readonly PendingEntry[]): Promise<number> {
    const { acks, patience } = this.#with;
    const batch = new Map(entries.map((entry) => [entry.id, entry]));
    let takenOut = false;
    await isolate(
      entries,
      async (part) => {
        const ids = await this.#applier.apply(part, batch);
        this.#parking.succeeded();
        const aside = ids.filter((id) => this.#parking.find(id) !== undefined);
        if (aside.length > 0) {
          // A start looks for such entries in the newest acks alone. Told to stop, it is left to the
          // next one.
          const confirmed = acks.confirmed(this.#applier.last);
          await unlessAborted(confirmed, patience.signal, () => new Interrupted());
          await this.#parking.takeOut(aside);
          takenOut = true;
        }
        return ids;
      },
      (entry, failure, rest) => this.#parking.park(entry, failure, rest),
      patience,
    );
    await this.#parking.recordBlocked();
    return takenOut ? await this.#parking.settle() : 0;
  }

  async #obey({ order, answer }: Ordered): Promise<void> {
    try {
      switch (order.kind) {
        case "retry":
          return answer(await this.#retry(order.entry));
        case "retry_all":
          if (this.#paused) return answer(PAUSED);
          return answer({ kind: "done", released: this.#parking.releaseAll() });
        case "skip":
          return answer(await this.#skip(order));
        case "pause":
          await this.#setPaused(order.by);
          return answer({ kind: "done", released: 0 });
        case "resume":
          await this.#setPaused(undefined);
          return answer({ kind: "done", released: 0 });
      }
    } catch (error) {
      answer({ kind: "interrupted", why: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  async #retry(id: EntryId): Promise<Outcome> {
    if (this.#paused) return PAUSED;
    const refused = this.#parking.refusal(id);
    if (refused !== undefined) return refused;
    const member = this.#parking.find(id);
    if (member === undefined) throw new Error(`${id} is parked, and nothing is known of it`);
    const released = await this.#apply(await this.#parking.read([member.aside]));
    const still = this.#parking.find(id);
    if (still === undefined) return { kind: "done", released };
    return { kind: "failed_again", error: still.aside.error ?? "" };
  }

  async #skip(order: Extract<Ordered["order"], { kind: "skip" }>): Promise<Outcome> {
    const refused = this.#parking.refusal(order.entry);
    if (refused !== undefined) return refused;
    if (this.#applier.mayStillApply(order.entry)) {
      // What a person has skipped shall never be applied. A start raises the epoch, and then it cannot be.
      throw new BrokenOff(
        `an earlier try of entry ${order.entry} had no answer and might still be applied: this relay ` +
          "starts anew to rule that out. Repeat the order",
      );
    }
    return { kind: "done", released: await this.#parking.skip(order) };
  }

  async #setPaused(by: string | undefined): Promise<void> {
    const { outbox, lease, patience } = this.#with;
    const paused = by !== undefined;
    if (paused === this.#paused) return;
    const pause = paused ? { by, sinceMs: patience.clock.wall() } : undefined;
    await persist("park", () => outbox.parking.setPause(lease.epoch, pause), patience);
    this.#paused = paused;
    patience.signals.emit("role.changed", { role: paused ? "paused" : "active" });
  }
}

const PAUSED: Outcome = {
  kind: "refused",
  because: "paused",
  why: "the relay is paused, and applies nothing until it is told to resume",
};
