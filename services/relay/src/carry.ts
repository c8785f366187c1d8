import type { EntryId } from "@outgraph/events";
import type { Plan } from "@outgraph/graph-plan";
import { LINKS_MAX } from "@outgraph/telemetry";
import type { AckQueue } from "./ack-queue.ts";
import { type Batches, batches } from "./batches.ts";
import { type Applied, commit } from "./commit.ts";
import { HistoryMoved } from "./ended.ts";
import { giveUp } from "./give-up.ts";
import { isolate } from "./isolate.ts";
import { after, type BatchNumber, overwrittenBy } from "./lane.ts";
import type { Lease } from "./lease.ts";
import type { RelayOptions } from "./options.ts";
import type { PendingEntry } from "./pending-entry.ts";
import type { Patience } from "./persist.ts";
import { planOf } from "./plan-of.ts";
import type { GraphPort } from "./ports.ts";
import type { Schema } from "./schema.ts";
import { rangeOf } from "./start.ts";
import { Undecided } from "./undecided.ts";

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

type Batch = ReadonlyMap<EntryId, PendingEntry>;

/** Entries on their way into the graph. */
export class Carrier {
  readonly undecided: Undecided;
  readonly #with: Carrying;
  readonly #batches: Batches;
  #last: BatchNumber;

  constructor(entries: AsyncIterable<PendingEntry>, carrying: Carrying) {
    const { options, patience, batch, acks } = carrying;
    const bounds = { rowsMax: options.batchRowsMax, bytesMax: options.batchBytesMax };
    this.#with = carrying;
    this.#last = batch;
    this.#batches = batches(entries, bounds, patience.signal, () => this.undecided.say());
    this.undecided = new Undecided(this.#batches.waiting, acks, patience.signals);
  }

  /**
   * Applies what comes, batch after batch, until the signal aborts: the batch under way is finished.
   *
   * @throws Halt, SteppedDown, BrokenOff: what ends the term.
   */
  async carry(): Promise<void> {
    const { patience } = this.#with;
    for await (const entries of this.#batches) {
      this.undecided.begin(entries);
      const batch = new Map(entries.map((entry) => [entry.id, entry]));
      await isolate(entries, (part) => this.#apply(part, batch), giveUp, patience);
      this.undecided.begin([]);
    }
  }

  /** Commits a part under the next number. Gives the entries which that number stands for. */
  async #apply(part: readonly PendingEntry[], batch: Batch): Promise<readonly EntryId[]> {
    const { graph, schema, acks, lease, patience } = this.#with;
    const taken = patience.clock.now();
    const plan = planOf(part, graph);
    const made = patience.clock.now();
    await schema.ensure(plan, patience);
    const number = after(this.#last);
    // The commit overwrites that batch in the ring; were its ack lost, nobody could tell any more.
    await acks.confirmed(overwrittenBy(number));
    const began = patience.clock.now();
    const ids = part.map((entry) => entry.id);
    const planned = { epoch: lease.epoch, number, entries: ids, plan };
    const applied = await commit(graph, planned, patience);
    this.#last = number;
    const entries = known(number, applied.entries, batch);
    this.#acknowledge(number, applied, entries);
    const durationMs = patience.clock.now() - began;
    const times = { planMs: made - taken, waitedMs: began - made, durationMs };
    this.#report(number, applied, entries, plan, times);
    return applied.entries;
  }

  #acknowledge(batch: BatchNumber, { bookmark }: Applied, entries: readonly PendingEntry[]): void {
    const { epoch } = this.#with.lease;
    const ids = entries.map(({ id }) => id);
    const at = rangeOf(entries.map((entry) => entry.at));
    const ack = { batch, epoch, entries: ids, at };
    this.#with.acks.push(bookmark === undefined ? ack : { ...ack, bookmark });
  }

  #report(
    batch: BatchNumber,
    { found }: Applied,
    entries: readonly PendingEntry[],
    { rows }: Plan,
    times: { readonly planMs: number; readonly waitedMs: number; readonly durationMs: number },
  ): void {
    const { signals, clock } = this.#with.patience;
    const [first, ...rest] = entries;
    if (first === undefined) return;
    let { bytes, committed: oldest } = first;
    const traces = new Set<string>();
    if (first.trace !== undefined) traces.add(first.trace);
    for (const entry of rest) {
      if (entry.trace !== undefined && traces.size < LINKS_MAX) traces.add(entry.trace);
      bytes += entry.bytes;
      if (entry.committed.ms < oldest.ms) oldest = entry.committed;
    }
    if (found) signals.emit("batch.found", { batch, entries: entries.length });
    signals.emit("batch.applied", {
      epoch: this.#with.lease.epoch,
      batch,
      entries: entries.length,
      rows,
      bytes,
      ...times,
      lagMs: Math.max(0, clock.wall() - oldest.ms),
      coarse: oldest.coarse,
      found,
      traces: [...traces],
    });
  }
}

/** The entries that a number stands for. @throws HistoryMoved when they are not of this batch. */
function known(number: BatchNumber, ids: readonly EntryId[], batch: Batch): PendingEntry[] {
  return ids.map((id) => {
    const entry = batch.get(id);
    if (entry !== undefined) return entry;
    throw new HistoryMoved(
      `the journal says that batch ${number} applied entry ${id}, which this relay never put in it`,
    );
  });
}
