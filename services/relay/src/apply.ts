import type { EntryId } from "@outgraph/events";
import type { Plan } from "@outgraph/graph-plan";
import type { AckQueue } from "./ack-queue.ts";
import { callersOf } from "./callers.ts";
import { type Applied, commit } from "./commit.ts";
import { HistoryMoved } from "./ended.ts";
import { after, type BatchNumber, overwrittenBy } from "./lane.ts";
import type { Lease } from "./lease.ts";
import type { Place } from "./parking-port.ts";
import { mutationsOf, type PendingEntry } from "./pending-entry.ts";
import type { Patience } from "./persist.ts";
import { planOf } from "./plan-of.ts";
import type { GraphPort } from "./ports.ts";
import type { Schema } from "./schema.ts";
import { rangeOf } from "./start.ts";

/** What applying needs, of one term. */
export interface Applying {
  readonly graph: GraphPort;
  readonly schema: Schema;
  readonly acks: AckQueue;
  readonly lease: Lease;
  /** The last batch in the graph. */
  readonly batch: BatchNumber;
  readonly patience: Patience;
}

/** Takes parts of batches into the graph, one after another, each under the next number. */
export class Applier {
  readonly #with: Applying;
  readonly #placed: (id: EntryId) => Place | undefined;
  #last: BatchNumber;
  /** What was tried under the next number without an answer. */
  readonly #unanswered = new Set<EntryId>();

  /** @param placed finds entries that are in no batch under way, and that an earlier try may still have applied. */
  constructor(applying: Applying, placed: (id: EntryId) => Place | undefined) {
    this.#with = applying;
    this.#placed = placed;
    this.#last = applying.batch;
  }

  /** The last batch in the graph. */
  get last(): BatchNumber {
    return this.#last;
  }

  /** Whether a try of long ago may still apply the entry: only another batch, or a start, prevents it. */
  mayStillApply(id: EntryId): boolean {
    return this.#unanswered.has(id);
  }

  /**
   * Commits a part of a batch under the next number, and hands its ack on.
   *
   * @param batch what the part is of.
   * @returns the entries which that number stands for: the part, or what an earlier try applied.
   * @throws CallFailed when nothing was applied, and HistoryMoved or whatever else ends the term.
   */
  async apply(
    part: readonly PendingEntry[],
    batch: ReadonlyMap<EntryId, PendingEntry>,
  ): Promise<readonly EntryId[]> {
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
    const applied = await commit(graph, planned, patience, () => {
      for (const id of ids) this.#unanswered.add(id);
    });
    this.#last = number;
    this.#unanswered.clear();
    const places = applied.entries.map(
      (id) => batch.get(id) ?? this.#placed(id) ?? strange(number, id),
    );
    this.#acknowledge(number, applied, places);
    const durationMs = patience.clock.now() - began;
    const times = { planMs: made - taken, waitedMs: began - made, durationMs };
    const entries = applied.entries.flatMap((id) => batch.get(id) ?? []);
    this.#report(number, applied, entries, plan, times);
    return applied.entries;
  }

  #acknowledge(batch: BatchNumber, { bookmark }: Applied, entries: readonly Place[]): void {
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
    for (const entry of rest) {
      bytes += entry.bytes;
      if (entry.committed.ms < oldest.ms) oldest = entry.committed;
    }
    if (found) signals.emit("batch.found", { batch, entries: entries.length });
    signals.emit("batch.applied", {
      epoch: this.#with.lease.epoch,
      batch,
      entries: entries.length,
      mutations: mutationsOf(entries),
      rows,
      bytes,
      ...times,
      lagMs: Math.max(0, clock.wall() - oldest.ms),
      coarse: oldest.coarse,
      found,
      traces: callersOf(entries),
    });
  }
}

/** @throws HistoryMoved since the entry is not one that this relay ever put under the number. */
function strange(number: BatchNumber, id: EntryId): never {
  throw new HistoryMoved(
    `the journal says that batch ${number} applied entry ${id}, which this relay never put in it`,
  );
}
