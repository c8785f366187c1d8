import type { EntryId } from "@outgraph/events";
import { RESPONSE_TO } from "@outgraph/failure";
import { matchedLabels, type Touches, touches } from "@outgraph/graph-plan";
import { blockedAs, lostEntry, parkedAs, poisonHalt } from "./aside-records.ts";
import { atMs } from "./at.ts";
import { CallFailed } from "./call-failed.ts";
import { decode } from "./decode.ts";
import type { Order, Outcome } from "./desk.ts";
import { Halt } from "./ended.ts";
import { ringNumbers } from "./journal.ts";
import type { BatchNumber, Epoch } from "./lane.ts";
import type { RelayOptions } from "./options.ts";
import type { Aside, Place } from "./parking-port.ts";
import type { PendingEntry } from "./pending-entry.ts";
import { type Patience, persist } from "./persist.ts";
import type { GraphPort, OutboxPort } from "./ports.ts";
import { type Member, memberOf, SetAside } from "./set-aside.ts";

/** What parking needs, of one term. */
export interface ParkingNeeds {
  readonly outbox: OutboxPort;
  readonly graph: GraphPort;
  readonly epoch: Epoch;
  readonly options: Pick<RelayOptions, "onPoison" | "parkedInARowMax">;
  readonly patience: Patience;
}

/**
 * Keeps what cannot be applied, and what conflicts with it, out of the way of all that follows.
 *
 * Whatever is set aside stands in the outbox before a batch commits that comes after it. But what is
 * blocked stands there no sooner than those of its batch that come before it are in the graph: another
 * relay may find it with nothing in its way any more, and would let it go before those.
 */
export class Parking {
  readonly #with: ParkingNeeds;
  readonly #aside: SetAside;
  /** Labels whose company in the graph is known. */
  readonly #asked = new Set<string>();
  #inARow = 0;
  /** Something left since what is in memory was read from the outbox. */
  #changed = false;
  /** Blocked, and not recorded yet. */
  #unrecorded: Aside[] = [];
  #saidFull = false;

  constructor(needs: ParkingNeeds, aside: SetAside = new SetAside()) {
    this.#with = needs;
    this.#aside = aside;
  }

  /**
   * Reads what is set aside. What the owner before had applied or had a person skip, and could not
   * take out any more, is taken out; what nothing holds back any more is released.
   *
   * @param batch the last batch in the graph. No other than the newest of its ring can have applied
   *   something that is still set aside: no batch goes before that is taken out.
   */
  async load(batch: BatchNumber): Promise<void> {
    const { outbox } = this.#with;
    this.#aside.clear();
    this.#changed = false;
    const newest = ringNumbers(batch);
    const done: EntryId[] = [];
    let last: Place | undefined;
    while (!this.#aside.isFull) {
      const next = () => outbox.parking.asideAfter(last, newest);
      const chunk = await this.#ask(next);
      if (chunk.length === 0) break;
      for (const { aside, stored, decided } of chunk) {
        last = aside;
        if (decided) {
          done.push(aside.id);
          continue;
        }
        if (stored === undefined) throw lostEntry(aside);
        const entry = decode(stored, { ms: atMs(aside.at), coarse: true });
        const touched = touches(entry.entry);
        await this.#learn([touched]);
        this.#aside.put(memberOf(aside, entry, touched));
      }
    }
    await this.#forget(done);
    this.#release(this.#aside.settle());
    await this.say();
  }

  /** Whether more is set aside than memory holds: nothing can be carried then but what is released. */
  get isFull(): boolean {
    return this.#aside.isFull;
  }

  /** Whether entries are to go before all that come later. */
  get hasReleased(): boolean {
    return this.#aside.released > 0;
  }

  /** The entry, if it is set aside. */
  find(id: EntryId): Member | undefined {
    return this.#aside.get(id);
  }

  /**
   * Those of the entries that may go now, in their order. The others conflict with one that is set
   * aside, or with one another that does: they are blocked, and `recordBlocked` records them.
   */
  async admit(entries: readonly PendingEntry[]): Promise<readonly PendingEntry[]> {
    if (this.#aside.isEmpty && !this.#aside.isFull) return entries;
    const held = await this.#holdBack(entries);
    return entries.filter(({ id }) => !held.has(id));
  }

  /**
   * Parks an entry that cannot be applied, and blocks those after it in its batch that conflict;
   * `recordBlocked` records these.
   *
   * @returns those of the rest that may not go on.
   * @throws Halt when too many in a row cannot be applied, or if nothing is ever to be parked.
   */
  async park(
    entry: PendingEntry,
    failure: CallFailed,
    rest: readonly PendingEntry[],
  ): Promise<ReadonlySet<EntryId>> {
    const { options, patience } = this.#with;
    const known = this.#aside.get(entry.id);
    if (known === undefined) {
      if (options.onPoison === "halt") throw poisonHalt(entry, failure);
      this.#inARow += 1;
      if (this.#inARow > options.parkedInARowMax) throw this.#tooMany(entry, failure);
    }
    const touched = known?.touched ?? touches(entry.entry);
    await this.#learn([touched]);
    const aside = parkedAs(entry, failure, known?.aside, patience.clock.wall());
    this.#aside.put(memberOf(aside, entry, touched));
    const held = await this.#holdBack(rest);
    await this.#record([aside]);
    patience.signals.emit("entry.parked", {
      entry: entry.id,
      source: entry.entry.source,
      kind: failure.kind,
      message: failure.message,
      attempts: aside.attempts,
      ...(entry.trace !== undefined && { trace: entry.trace }),
    });
    return held;
  }

  /** Records what was blocked. To be called when the rest of the batch is in the graph, and before the next. */
  async recordBlocked(): Promise<void> {
    const blocked = this.#unrecorded;
    this.#unrecorded = [];
    await this.#record(blocked);
  }

  /** Something was applied: the fault is not in everything. */
  succeeded(): void {
    this.#inARow = 0;
  }

  /** The next released entries, up to a batch. They are given back by `park`, `admit` or `takeOut`. */
  async takeReleased(rowsMax: number, bytesMax: number): Promise<PendingEntry[]> {
    const members = this.#aside.take(rowsMax, bytesMax);
    return await this.read(members.map(({ aside }) => aside));
  }

  /** Entries that are set aside, as they are to be applied. */
  async read(asides: readonly Aside[]): Promise<PendingEntry[]> {
    const { outbox } = this.#with;
    const ids = asides.map(({ id }) => id);
    const stored = await this.#ask(() => outbox.storedEntries(ids));
    const byId = new Map(stored.map((each) => [each.id, each]));
    return asides.map((aside) => {
      const each = byId.get(aside.id);
      if (each === undefined) throw lostEntry(aside);
      return decode(each, { ms: atMs(aside.at), coarse: true });
    });
  }

  /** Takes out entries whose acks or skips are confirmed. `settle` then releases what they held back. */
  async takeOut(ids: readonly EntryId[]): Promise<void> {
    await this.#forget(ids);
    this.#aside.remove(ids);
    // An earlier try may have applied what was blocked in this very batch.
    this.#unrecorded = this.#unrecorded.filter(({ id }) => !ids.includes(id));
    this.#changed = true;
  }

  /** Releases what nothing holds back any more. @returns how many that were. */
  async settle(): Promise<number> {
    const released = this.#release(this.#aside.settle());
    await this.say();
    return released;
  }

  /** Why an entry cannot be retried or skipped; undefined when it can: it is parked. */
  refusal(id: EntryId): Extract<Outcome, { kind: "refused" }> | undefined {
    const known = this.#aside.get(id)?.aside;
    if (known === undefined) {
      const why = this.isFull ? "is not parked, or not among the oldest" : "is not parked";
      return { kind: "refused", because: "not_parked", why: `entry ${id} ${why}` };
    }
    if (known.kind === "parked") return undefined;
    const why = `entry ${id} is blocked, and goes by itself once these were applied or skipped: ${known.behind.join(", ")}`;
    return { kind: "refused", because: "blocked", why };
  }

  /**
   * Records that a person had a parked entry skipped, and releases what it held back.
   *
   * @returns how many were released.
   */
  async skip({ entry, reason, by }: Extract<Order, { kind: "skip" }>): Promise<number> {
    const { outbox, epoch, patience } = this.#with;
    const known = this.#aside.get(entry)?.aside;
    if (known === undefined) throw new Error(`entry ${entry} is not set aside`);
    const { id, at } = known;
    const skipped = { id, at, reason, by, skippedMs: patience.clock.wall() };
    await this.#ask(() => outbox.parking.skip(epoch, skipped));
    patience.signals.emit("entry.skipped", { entry, by, reason });
    await this.takeOut([id]);
    return await this.settle();
  }

  /** Releases everything, parked entries too. @returns how many that were. */
  releaseAll(): number {
    return this.#release(this.#aside.settle(true));
  }

  /**
   * Reads again what did not fit into memory, when something has left since.
   *
   * @returns whether it did: there may be room now.
   */
  async refill(batch: BatchNumber): Promise<boolean> {
    const { signals } = this.#with.patience;
    const changed = this.#changed;
    if (changed) await this.load(batch);
    if (this.isFull && !this.#saidFull) {
      const message =
        "more is set aside than can be kept in mind; nothing is carried until it is retried or skipped";
      signals.emit("task.waiting", { task: "park", message });
    } else if (!this.isFull && this.#saidFull) {
      signals.emit("task.recovered", { task: "park", afterMs: 0, attempts: 1 });
    }
    this.#saidFull = this.isFull;
    return changed;
  }

  /** Tells how much is set aside. */
  async say(): Promise<void> {
    const { outbox, patience } = this.#with;
    const count = this.#aside.isFull
      ? await this.#ask(() => outbox.parking.countAside())
      : this.#aside.count;
    patience.signals.emit("aside.counted", count);
  }

  async #holdBack(entries: readonly PendingEntry[]): Promise<ReadonlySet<EntryId>> {
    const touched = entries.map(({ id, entry }) => this.#aside.get(id)?.touched ?? touches(entry));
    await this.#learn(touched);
    const ids = new Set<EntryId>();
    entries.forEach((entry, index) => {
      const itsTouches = touched[index] ?? [];
      const behind = this.#aside.conflicting(itsTouches);
      if (behind.size === 0) return;
      ids.add(entry.id);
      const known = this.#aside.get(entry.id);
      const aside = known?.aside ?? blockedAs(entry, behind, this.#with.patience.clock.wall());
      this.#aside.put(memberOf(aside, entry, itsTouches));
      if (known === undefined) this.#unrecorded.push(aside);
    });
    return ids;
  }

  /** Learns which labels stand on one node: from the entries, and from the graph for labels that are matched by. */
  async #learn(touched: readonly Touches[]): Promise<void> {
    const { graph } = this.#with;
    for (const each of touched) {
      this.#aside.company.learnFrom(each);
      for (const label of matchedLabels(each)) {
        if (this.#asked.has(label)) continue;
        const beside = await this.#ask(() => graph.labelsBeside(label));
        this.#aside.company.learnBeside(label, beside);
        this.#asked.add(label);
      }
    }
  }

  async #record(asides: readonly Aside[]): Promise<void> {
    if (asides.length === 0) return;
    const { outbox, epoch, patience } = this.#with;
    await this.#ask(() => outbox.parking.setAside(epoch, asides));
    const blocked = asides.filter(({ kind }) => kind === "blocked").length;
    if (blocked > 0) patience.signals.emit("entries.blocked", { entries: blocked });
    await this.say();
  }

  async #forget(ids: readonly EntryId[]): Promise<void> {
    if (ids.length === 0) return;
    const { outbox, epoch } = this.#with;
    await this.#ask(() => outbox.parking.forget(epoch, ids));
  }

  /** What a port says, however often it has to be asked. */
  async #ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await persist("park", call, this.#with.patience);
    } catch (error) {
      // Said of a batch this would mean its entries; here it is not they that are refused.
      const isOfEntries = error instanceof CallFailed && RESPONSE_TO[error.kind] !== "step_down";
      throw isOfEntries ? new Halt(error.message, { cause: error }) : error;
    }
  }

  #release(entries: number): number {
    if (entries > 0) this.#with.patience.signals.emit("entries.released", { entries });
    return entries;
  }

  #tooMany({ id }: PendingEntry, { message }: CallFailed): Halt {
    const { parkedInARowMax } = this.#with.options;
    return new Halt(
      `${parkedInARowMax + 1} entries in a row cannot be applied, the last of them ${id}: ${message}. ` +
        "So many faults are more likely in the graph's schema or in this relay than in the entries. " +
        "What came before is parked; mend the cause, start the relay and retry what is parked",
    );
  }
}
