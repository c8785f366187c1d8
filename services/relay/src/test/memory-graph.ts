import type { EntryId, Value } from "@outgraph/events";
import type { Constraint, RangeIndex } from "@outgraph/graph-plan";
import { CallFailed } from "../call-failed.ts";
import type { Journal } from "../journal.ts";
import { type BatchNumber, batchNumber, type Epoch, RING_SIZE } from "../lane.ts";
import type { Claim, Committed, FenceAnswer, GraphPort, PlannedBatch } from "../ports.ts";

interface State {
  readonly incarnation: string;
  readonly format: string;
  epoch: Epoch | 0n;
  batch: BatchNumber;
  ring: Map<BatchNumber, readonly EntryId[]>;
  applied: EntryId[];
}

/**
 * A graph in memory that keeps the port's promises about the journal. Of a plan it keeps only which
 * entries were applied, and in which order.
 */
export class MemoryGraph implements GraphPort {
  readonly encode = (value: Value): unknown => value;
  readonly constraints: Set<string> = new Set();
  readonly indexes: Set<string> = new Set();
  /** Other labels on the nodes of a label. */
  readonly beside: Map<string, readonly string[]> = new Map();
  /** Called before each call takes effect: a test lets calls fail by throwing here. */
  before: (call: keyof GraphPort, batch?: PlannedBatch) => void | Promise<void> = () => {};
  /** Called after each call took effect: a test loses replies by throwing here. */
  afterwards: (call: keyof GraphPort, batch?: PlannedBatch) => void | Promise<void> = () => {};
  /** How many stubs it says it has. */
  stubs = 0;
  #state: State | undefined;

  /** Every entry that was applied, as often and in the order it was. */
  get applied(): readonly EntryId[] {
    return this.#state?.applied ?? [];
  }

  /** A copy of everything, to put back later. */
  backup(): () => void {
    const state = this.#state;
    const copy = state && {
      ...state,
      ring: new Map(state.ring),
      applied: [...state.applied],
    };
    return () => {
      this.#state = copy && { ...copy, ring: new Map(copy.ring), applied: [...copy.applied] };
    };
  }

  /** Makes the graph somebody else's, or of a format to come. */
  found(incarnation: string, format = "1"): void {
    this.#state = {
      incarnation,
      format,
      epoch: 0n,
      batch: batchNumber(0n),
      ring: new Map(),
      applied: [],
    };
  }

  async fence({ incarnation, epoch }: Claim): Promise<FenceAnswer> {
    await this.before("fence");
    if (this.#state === undefined) this.found(incarnation);
    const state = this.#state;
    if (state === undefined) throw new Error("found() made no state");
    if (state.incarnation !== incarnation) {
      return { kind: "other_incarnation", found: state.incarnation };
    }
    if (state.format !== "1") return { kind: "unknown_format", found: state.format };
    if (state.epoch >= epoch) return { kind: "newer_epoch", epoch: state.epoch };
    const journal = journalOf(state);
    state.epoch = epoch;
    await this.afterwards("fence");
    return { kind: "taken", journal, bookmark: `fence:${epoch}` };
  }

  async commit(batch: PlannedBatch): Promise<Committed> {
    await this.before("commit", batch);
    const state = this.#state;
    if (state === undefined || state.epoch !== batch.epoch || state.batch !== batch.number - 1n) {
      throw new CallFailed({
        kind: "fenced",
        code: "JournalRefused",
        message: "the journal refused the batch",
        cause: undefined,
      });
    }
    const impossible = batch.plan.statements.find(({ cypher }) => cypher === IMPOSSIBLE);
    if (impossible !== undefined) {
      throw new CallFailed(
        { kind: "poison", code: "Impossible", message: "it cannot be", cause: undefined },
        IMPOSSIBLE,
      );
    }
    state.batch = batch.number;
    state.ring.set(batch.number, batch.entries);
    state.ring.delete(batchNumber(batch.number > RING_SIZE ? batch.number - RING_SIZE : 0n));
    state.applied.push(...batch.entries);
    await this.afterwards("commit", batch);
    return { bookmark: `batch:${batch.number}` };
  }

  async readJournal(): Promise<Journal | undefined> {
    await this.before("readJournal");
    return this.#state && journalOf(this.#state);
  }

  async ensureConstraint({ name }: Constraint): Promise<void> {
    await this.before("ensureConstraint");
    this.constraints.add(name);
  }

  async labelsBeside(label: string): Promise<readonly string[]> {
    await this.before("labelsBeside");
    const others = this.beside.get(label);
    return others === undefined ? [] : [label, ...others];
  }

  async countStubs(): Promise<number> {
    await this.before("countStubs");
    return this.stubs;
  }

  async hasConstraint({ name }: Constraint): Promise<boolean> {
    await this.before("hasConstraint");
    return this.constraints.has(name);
  }

  async hasIndex({ name }: RangeIndex): Promise<boolean> {
    await this.before("hasIndex");
    return this.indexes.has(name);
  }

  async ensureIndex({ name }: RangeIndex): Promise<void> {
    await this.before("ensureIndex");
    this.indexes.add(name);
  }

  async close(): Promise<void> {}
}

/** A statement that fails on every graph. */
export const IMPOSSIBLE = "UNWIND $rows AS row RETURN 1 / (row.n - row.n)";

function journalOf({ epoch, batch, ring }: State): Journal {
  return { epoch, batch, ring: new Map(ring) };
}
