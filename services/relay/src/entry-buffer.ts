import { type At, later } from "./at.ts";
import type { PendingEntry } from "./pending-entry.ts";

/** How much may go together. One entry is always taken, however large. */
export interface BatchBounds {
  /** May change from one batch to the next. */
  readonly rowsMax: number;
  readonly bytesMax: number;
}

/**
 * Entries between reading and committing, first in, first out. It holds about one batch: a reader
 * that waits for `push` cannot fill the memory.
 */
export class EntryBuffer {
  readonly #bounds: BatchBounds;
  #queue: PendingEntry[] = [];
  #head = 0;
  #rows = 0;
  #bytes = 0;
  #read = 0;
  #furthest: At | undefined;
  #ended: { readonly error: unknown } | undefined;
  #wakeReader: (() => void) | undefined;
  #wakeTaker: (() => void) | undefined;

  constructor(bounds: BatchBounds) {
    this.#bounds = bounds;
  }

  /** How many entries are in it. */
  get entries(): number {
    return this.#queue.length - this.#head;
  }

  /** Their encoded size. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The first of them. */
  get first(): PendingEntry | undefined {
    return this.#queue[this.#head];
  }

  /** How many were ever in it. */
  get read(): number {
    return this.#read;
  }

  /** The furthest in history that was ever in it. */
  get furthest(): At | undefined {
    return this.#furthest;
  }

  /** All of them, in order. */
  *all(): Generator<PendingEntry> {
    for (let index = this.#head; index < this.#queue.length; index++) {
      const entry = this.#queue[index];
      if (entry !== undefined) yield entry;
    }
  }

  /** Adds an entry; resolves when there is room for another. */
  async push(entry: PendingEntry): Promise<void> {
    this.#queue.push(entry);
    this.#read += 1;
    this.#furthest = this.#furthest === undefined ? entry.at : later(this.#furthest, entry.at);
    this.#rows += entry.rows;
    this.#bytes += entry.bytes;
    this.#wakeTaker?.();
    while (this.#full && this.#ended === undefined) {
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  /** What is in it now, up to a batch; waits for the first. Undefined once it was ended. */
  async take(): Promise<readonly PendingEntry[] | undefined> {
    while (this.entries === 0 && this.#ended === undefined) {
      await new Promise<void>((resolve) => {
        this.#wakeTaker = resolve;
      });
    }
    if (this.#ended !== undefined) {
      if (this.#ended.error !== undefined) throw this.#ended.error;
      return undefined;
    }
    const batch = this.#cut();
    this.#wakeReader?.();
    return batch;
  }

  /** Nothing is taken any more, also not what is in it. With an error, `take` throws it. */
  end(error?: unknown): void {
    this.#ended ??= { error };
    this.#wakeReader?.();
    this.#wakeTaker?.();
  }

  /** Whether nothing is taken any more. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Whether the reader has to wait. */
  get #full(): boolean {
    return this.#rows >= this.#bounds.rowsMax || this.#bytes >= this.#bounds.bytesMax;
  }

  #cut(): PendingEntry[] {
    const batch: PendingEntry[] = [];
    let rows = 0;
    let bytes = 0;
    for (const entry of this.all()) {
      const fits =
        rows + entry.rows <= this.#bounds.rowsMax && bytes + entry.bytes <= this.#bounds.bytesMax;
      if (!fits && batch.length > 0) break;
      batch.push(entry);
      rows += entry.rows;
      bytes += entry.bytes;
    }
    this.#head += batch.length;
    this.#rows -= rows;
    this.#bytes -= bytes;
    if (this.#head * 2 >= this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return batch;
  }
}
