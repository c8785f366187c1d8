import type { BatchBounds } from "./entry-buffer.ts";
import type { RelayOptions } from "./options.ts";
import type { Patience } from "./persist.ts";

/** So many rows a term begins with: the first batches also let Neo4j plan their statements. */
export const BATCH_ROWS_FIRST = 100;

/**
 * So many rows are always let in one batch: what takes too long with so few takes long for another
 * reason, and smaller batches would only make more of them.
 */
export const BATCH_ROWS_LEAST = 50;

/** The target is this part of the lease at most, so that a batch that takes six times as long still fits. */
const TARGET_OF_LEASE = 8;

/** One batch shrinks the size to a quarter at worst: it may have been a single slow moment. */
const SHRINK_MOST = 4;

/**
 * How many rows a batch may have, so that its transaction takes about the target time: begins small,
 * grows, at most to the double, while batches that were full take less than half of it, and shrinks when one
 * takes longer. Batches that were not full say nothing about a larger size.
 */
export class BatchSize implements BatchBounds {
  readonly bytesMax: number;
  readonly #most: number;
  readonly #least: number;
  readonly #targetMs: number;
  #rows: number;

  constructor(
    options: Pick<RelayOptions, "batchRowsMax" | "batchBytesMax" | "batchTargetMs" | "leaseTtlMs">,
  ) {
    this.bytesMax = options.batchBytesMax;
    this.#most = options.batchRowsMax;
    this.#least = Math.min(BATCH_ROWS_LEAST, this.#most);
    this.#targetMs = Math.min(options.batchTargetMs, options.leaseTtlMs / TARGET_OF_LEASE);
    this.#rows = Math.min(BATCH_ROWS_FIRST, this.#most);
  }

  /** The most rows of the next batch. */
  get rowsMax(): number {
    return this.#rows;
  }

  /** A transaction of so many rows took so long. */
  took(rows: number, ms: number): void {
    if (ms > this.#targetMs) {
      const part = Math.max(1 / SHRINK_MOST, this.#targetMs / ms);
      this.#set(Math.min(this.#rows, rows) * part);
    } else if (rows * 2 > this.#rows) {
      this.#set(Math.max(this.#rows, Math.min(2, this.#targetMs / Math.max(ms, 1) / 2) * rows));
    }
  }

  /** A batch of so many rows was too much for one transaction. */
  wasTooBig(rows: number): void {
    this.#set(Math.min(this.#rows, rows / 2));
  }

  #set(rows: number): void {
    this.#rows = Math.min(this.#most, Math.max(this.#least, Math.floor(rows)));
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
