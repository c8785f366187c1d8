/** How a lane runs what it is given. */
export interface LaneWork<T> {
  /** The most that are under way at a time. */
  readonly widthMax: number;
  /** The most that go in one run: by count, and by bytes unless it is a single one. */
  readonly together: { readonly countMax: number; readonly bytesMax: number };
  readonly bytesOf: (item: T) => number;
  /** Asked when its turn comes: true when it need not be run any more. */
  readonly dropped: (item: T) => boolean;
  /** Runs some, never none; must not reject. @param free gives its place to the next before it ends. */
  readonly run: (items: readonly T[], free: () => void) => Promise<void>;
}

/**
 * Runs things in the order in which they come, as many together as have come in while there was no
 * place: self-clocking, without a timer.
 */
export class Lane<T> {
  readonly #work: LaneWork<T>;
  #waiting: T[] = [];
  #next = 0;
  #width = 0;

  constructor(work: LaneWork<T>) {
    this.#work = work;
  }

  /** Takes these on, and runs them as soon as there is a place. */
  add(items: readonly T[]): void {
    for (const item of items) this.#waiting.push(item);
    this.#go();
  }

  #go(): void {
    while (this.#width < this.#work.widthMax) {
      const items = this.#take();
      if (items.length === 0) return;
      this.#width += 1;
      let held = true;
      const free = (): void => {
        if (!held) return;
        held = false;
        this.#width -= 1;
        this.#go();
      };
      void this.#work.run(items, free).finally(free);
    }
  }

  #take(): T[] {
    const { together, bytesOf, dropped } = this.#work;
    const items: T[] = [];
    let bytes = 0;
    while (this.#next < this.#waiting.length && items.length < together.countMax) {
      const item = this.#waiting[this.#next] as T;
      if (!dropped(item)) {
        bytes += bytesOf(item);
        if (items.length > 0 && bytes > together.bytesMax) break;
        items.push(item);
      }
      this.#next += 1;
    }
    // What was taken is let go of in one piece, now and then.
    if (this.#next === this.#waiting.length || this.#next > 1_024) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
    return items;
  }
}
