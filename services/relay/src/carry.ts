import type { EntryId } from "@outgraph/events";
import { compilePlan, fold, type Plan } from "@outgraph/graph-plan";
import type { AckQueue } from "./ack-queue.ts";
import { type At, atMs } from "./at.ts";
import { type Batches, batches } from "./batches.ts";
import { CallFailed } from "./call-failed.ts";
import { type Applied, commit } from "./commit.ts";
import { Halt, HistoryMoved } from "./ended.ts";
import { isolate } from "./isolate.ts";
import { after, type BatchNumber, overwrittenBy } from "./lane.ts";
import type { Lease } from "./lease.ts";
import type { RelayOptions } from "./options.ts";
import type { PendingEntry } from "./pending-entry.ts";
import type { Patience } from "./persist.ts";
import type { Backlog, GraphPort } from "./ports.ts";
import type { Schema } from "./schema.ts";
import { rangeOf } from "./start.ts";

/** What carrying needs, of one term. */
export interface Carrying {
  readonly graph: GraphPort;
  readonly schema: Schema;
  readonly acks: AckQueue;
  readonly lease: Lease;
  /** The last batch in the graph. */
  readonly batch: BatchNumber;
  readonly options: Pick<RelayOptions, "batchRowsMax" | "batchBytesMax">;
  readonly patience: Patience;
}

/** Entries on their way into the graph. */
export class Carrier {
  readonly #with: Carrying;
  readonly #batches: Batches;
  #last: BatchNumber;
  #underWay: readonly PendingEntry[] = [];
  // How many entries wait behind those that were read, as far as it was counted.
  #unread = 0;

  constructor(entries: AsyncIterable<PendingEntry>, carrying: Carrying) {
    const { options, patience, batch } = carrying;
    const bounds = { rowsMax: options.batchRowsMax, bytesMax: options.batchBytesMax };
    this.#with = carrying;
    this.#last = batch;
    this.#batches = batches(entries, bounds, patience.signal, () => this.#say());
  }

  /**
   * Applies what comes, batch after batch, until the signal aborts: the batch under way is finished.
   *
   * @throws Halt, SteppedDown, BrokenOff: what ends the term.
   */
  async carry(): Promise<void> {
    const { patience } = this.#with;
    for await (const batch of this.#batches) {
      this.#underWay = batch;
      this.#say();
      const inBatch = new Map(batch.map((entry) => [entry.id, entry]));
      await isolate(batch, (part) => this.#apply(part, inBatch), refuse, patience.signals);
      this.#underWay = [];
      this.#say();
    }
  }

  /** The oldest entry, in the order of history, that was read and has no confirmed ack. */
  get oldestUndecided(): At | undefined {
    let oldest: At | undefined;
    const see = (at: At): void => {
      if (oldest === undefined || at < oldest) oldest = at;
    };
    for (const ack of this.#with.acks.unconfirmed) see(ack.at.min);
    for (const entry of this.#underWay) see(entry.at);
    for (const entry of this.#batches.waiting.all()) see(entry.at);
    return oldest;
  }

  /**
   * The last entry that was read, when there may be more behind it: the reader waits for room, and
   * nobody knows what it would find.
   */
  get readUntil(): At | undefined {
    const { full, last } = this.#batches.waiting;
    return full ? last?.at : undefined;
  }

  /** Takes to its account how many entries wait unread. */
  countUnread(entries: number): void {
    this.#unread = entries;
    this.#say();
  }

  /** What is committed and not yet in the graph. */
  get backlog(): Backlog {
    const { waiting } = this.#batches;
    let bytes = waiting.bytes;
    for (const entry of this.#underWay) bytes += entry.bytes;
    const read = waiting.entries + this.#underWay.length;
    const unreadBytes = read === 0 ? 0 : Math.round((bytes / read) * this.#unread);
    const oldest = this.#oldest;
    return {
      entries: read + this.#unread,
      bytes: bytes + unreadBytes,
      oldestMs: oldest && atMs(oldest.at),
    };
  }

  get #oldest(): PendingEntry | undefined {
    return this.#underWay[0] ?? this.#batches.waiting.first;
  }

  /** Commits a part under the next number. Gives the entries which that number stands for. */
  async #apply(
    part: readonly PendingEntry[],
    inBatch: ReadonlyMap<EntryId, PendingEntry>,
  ): Promise<readonly EntryId[]> {
    const { graph, schema, acks, lease, patience } = this.#with;
    const plan = planOf(part, graph);
    await schema.ensure(plan, patience);
    const number = after(this.#last);
    // The commit overwrites that batch in the ring; were its ack lost, nobody could tell any more.
    await acks.confirmed(overwrittenBy(number));
    const began = patience.clock.now();
    const entries = part.map((entry) => entry.id);
    const applied = await commit(graph, { epoch: lease.epoch, number, entries, plan }, patience);
    this.#last = number;
    this.#acknowledge(number, applied, inBatch);
    this.#report(number, applied, inBatch, plan, patience.clock.now() - began);
    return applied.entries;
  }

  #acknowledge(
    batch: BatchNumber,
    { entries, bookmark }: Applied,
    inBatch: ReadonlyMap<EntryId, PendingEntry>,
  ): void {
    const stranger = entries.find((entry) => !inBatch.has(entry));
    if (stranger !== undefined) {
      throw new HistoryMoved(
        `the journal says that batch ${batch} applied entry ${stranger}, which this relay never put in it`,
      );
    }
    const positions = new Map([...inBatch].map(([id, entry]) => [id, entry.at]));
    const at = rangeOf(entries, positions);
    const { epoch } = this.#with.lease;
    this.#with.acks.push({
      batch,
      epoch,
      entries,
      at,
      ...(bookmark !== undefined && { bookmark }),
    });
  }

  #report(
    batch: BatchNumber,
    applied: Applied,
    inBatch: ReadonlyMap<EntryId, PendingEntry>,
    plan: Plan,
    durationMs: number,
  ): void {
    const { signals, clock } = this.#with.patience;
    let bytes = 0;
    let oldest: PendingEntry | undefined;
    for (const id of applied.entries) {
      const entry = inBatch.get(id);
      if (entry === undefined) continue;
      bytes += entry.bytes;
      if (oldest === undefined || entry.committed.ms < oldest.committed.ms) oldest = entry;
    }
    const entries = applied.entries.length;
    if (applied.found) signals.emit("batch.found", { batch, entries });
    signals.emit("batch.applied", {
      batch,
      entries,
      rows: plan.rows,
      bytes,
      durationMs,
      lagMs: oldest === undefined ? 0 : Math.max(0, clock.wall() - oldest.committed.ms),
      coarse: oldest?.committed.coarse ?? false,
    });
  }

  #say(): void {
    const { entries, bytes } = this.backlog;
    const oldest = this.#oldest;
    this.#with.patience.signals.emit("backlog", {
      entries,
      bytes,
      coarse: oldest?.committed.coarse ?? false,
      ...(oldest !== undefined && { oldestMs: oldest.committed.ms }),
    });
  }
}

/** The statements for a part. @throws CallFailed `poison` when there are none for it: isolate finds the entry. */
function planOf(part: readonly PendingEntry[], { encode }: GraphPort): Plan {
  try {
    return compilePlan(fold(part.map(({ entry }) => entry)), { encode });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new CallFailed({
      kind: "poison",
      code: "NoPlan",
      message: `no statements for it: ${said}`,
      cause,
    });
  }
}

/** What happens to an entry that cannot be applied, as long as there is no parking: nothing goes on. */
async function refuse(entry: PendingEntry, { kind, message, cypher }: CallFailed): Promise<void> {
  const what = kind === "too_big" ? "is too much for one transaction" : "cannot be applied";
  const statement = cypher === undefined ? "" : `\nCypher: ${cypher}`;
  throw new Halt(
    `entry ${entry.id} of ${entry.entry.source} ${what}: ${message}. ` +
      `Everything before it is in the graph; nothing after it is.${statement}`,
  );
}
