import type { At } from "./at.ts";
import type { Clock } from "./clock.ts";

/** So many entries are counted at once: some ten milliseconds of the server's time. */
export const SLICE_ENTRIES = 20_000;

/** One look counts for so long at most, in milliseconds. */
const LOOK_MS = 100;

/** A count is made anew after this many milliseconds: it misses what commits late, or was decided. */
const COUNT_FOR_MS = 60_000;

/** Counts entries in the order of history, from one on; tells how many, and where the last stands. */
export type CountSlice = (
  after: At,
  limit: number,
) => Promise<{ readonly entries: number; readonly last: At }>;

/** Where a reader stands. */
export interface Reader {
  /** The last entry it read. */
  readonly until: At;
  /** How many it has read, ever. */
  readonly read: number;
}

interface Count {
  readonly begunAt: number;
  readonly readBefore: number;
  entries: number;
  frontier: At;
  complete: boolean;
}

/**
 * How many entries wait behind a reader. A look costs the same whether a thousand wait or a million:
 * it counts what came since the last look, and what the reader has read meanwhile is taken off. The
 * first looks over a large backlog tell less than there is, until all of it was counted once.
 */
export class UnreadCount {
  readonly #slice: CountSlice;
  readonly #clock: Clock;
  #count: Count | undefined;
  /** Made beside the one that is told, and takes its place when it is complete. */
  #fresh: Count | undefined;

  constructor(slice: CountSlice, clock: Clock) {
    this.#slice = slice;
    this.#clock = clock;
  }

  /** Counts on. @param reader undefined when nothing waits behind it. */
  async look(reader: Reader | undefined): Promise<number> {
    if (reader === undefined) {
      this.#count = undefined;
      this.#fresh = undefined;
      return 0;
    }
    const now = this.#clock.now();
    if (this.#count !== undefined && this.#count.frontier <= reader.until) this.#count = undefined;
    if (this.#fresh !== undefined && this.#fresh.frontier < reader.until) this.#fresh = undefined;
    const isOld = this.#count === undefined || now - this.#count.begunAt >= COUNT_FOR_MS;
    if (isOld) {
      this.#fresh ??= {
        begunAt: now,
        readBefore: reader.read,
        entries: 0,
        frontier: reader.until,
        complete: false,
      };
    }
    if (this.#count !== undefined) await this.#countOn(this.#count);
    if (this.#fresh !== undefined) await this.#countOn(this.#fresh);
    if (this.#fresh?.complete === true) {
      this.#count = this.#fresh;
      this.#fresh = undefined;
    }
    const told = this.#count ?? this.#fresh;
    return told === undefined ? 0 : Math.max(0, told.entries - (reader.read - told.readBefore));
  }

  async #countOn(count: Count): Promise<void> {
    const until = this.#clock.now() + LOOK_MS;
    do {
      const { entries, last } = await this.#slice(count.frontier, SLICE_ENTRIES);
      count.entries += entries;
      count.frontier = last;
      count.complete = entries < SLICE_ENTRIES;
    } while (!count.complete && this.#clock.now() < until);
  }
}
