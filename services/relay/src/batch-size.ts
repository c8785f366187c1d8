import type { BatchBounds } from "./entry-buffer.ts";
import type { RelayOptions } from "./options.ts";
import type { Patience } from "./persist.ts";

/**
 * So many rows a term begins with, and so many are let in one batch however slow it seems: a transaction
 * and the planning of its statements take their time whatever their rows, so that smaller batches would
 * only make more of that. A Neo4j that was just started took 0.2 to 2 s for a batch of 20 rows or of 500.
 */
export const BATCH_ROWS_FEW = 500;

/** Where even so few were too much for one transaction, so few are let in one. */
export const BATCH_ROWS_LEAST = 50;

/** The target is this part of the lease at most, so that a batch that takes six times as long still fits. */
const TARGET_OF_LEASE = 8;

/** The quickest of so many batches says what a row takes: one or two may have met a slow moment. */
const BATCHES_REMEMBERED = 3;

/** One batch shrinks the size to a quarter at worst. */
const SHRINK_MOST = 4;

/**
 * How many rows a batch may have, so that its transaction takes about the target time. It grows, at most
 * to the double, after batches that were full, and shrinks when several in a row were slow. A batch that
 * is too large costs a moment, and one that is too large by far is cut; batches that are too small cost
 * a multiple of the time as long as they are: in doubt it is the larger.
 */
export class BatchSize implements BatchBounds {
  readonly bytesMax: number;
  readonly #most: number;
  readonly #targetMs: number;
  readonly #msOfRow: number[] = [];
  #few: number;
  #rows: number;

  constructor(
    options: Pick<RelayOptions, "batchRowsMax" | "batchBytesMax" | "batchTargetMs" | "leaseTtlMs">,
  ) {
    this.bytesMax = options.batchBytesMax;
    this.#most = options.batchRowsMax;
    this.#targetMs = Math.min(options.batchTargetMs, options.leaseTtlMs / TARGET_OF_LEASE);
    this.#few = Math.min(BATCH_ROWS_FEW, this.#most);
    this.#rows = this.#few;
  }

  /** The most rows of the next batch. */
  get rowsMax(): number {
    return this.#rows;
  }

  /** A transaction of so many rows took so long. */
  took(rows: number, ms: number): void {
    this.#msOfRow.push(ms / rows);
    if (this.#msOfRow.length > BATCHES_REMEMBERED) this.#msOfRow.shift();
    const fit = this.#targetMs / Math.min(...this.#msOfRow);
    if (fit < this.#rows) {
      this.#set(Math.max(fit, this.#few, this.#rows / SHRINK_MOST));
    } else if (rows * 2 > this.#rows) {
      // Batches that were not full say nothing about a larger size.
      this.#set(Math.max(this.#rows, Math.min(fit, 2 * rows)));
      if (this.#rows > BATCH_ROWS_FEW) this.#few = BATCH_ROWS_FEW;
    }
  }

  /** A batch of so many rows was too much for one transaction. */
  wasTooBig(rows: number): void {
    this.#few = Math.min(this.#few, Math.max(BATCH_ROWS_LEAST, rows / 2));
    this.#set(Math.min(this.#rows, Math.max(this.#few, rows / 2)));
  }

  #set(rows: number): void {
    this.#rows = Math.min(this.#most, Math.floor(rows));
  }
}

/** A size that learns from what becomes of the batches that are taken by it, until the signal aborts. */
export function learningSize(
  options: ConstructorParameters<typeof BatchSize>[0],
  { signals, signal }: Pick<Patience, "signals" | "signal">,
): BatchBounds {
  const size = new BatchSize(options);
  let said: number | undefined;
  const say = (): void => {
    if (size.rowsMax === said) return;
    said = size.rowsMax;
    signals.emit("batch.sized", { rowsMax: said });
  };
  const offs = [
    signals.on("batch.applied", ({ mutations, durationMs }) => {
      size.took(mutations, durationMs);
      say();
    }),
    signals.on("batch.split", ({ mutations, kind }) => {
      if (kind === "too_big") size.wasTooBig(mutations);
      say();
    }),
  ];
  // The next term learns anew, and this one's batches are over.
  signal.addEventListener(
    "abort",
    () => {
      for (const off of offs) off();
    },
    { once: true },
  );
  say();
  return {
    get rowsMax() {
      return size.rowsMax;
    },
    bytesMax: size.bytesMax,
  };
}
