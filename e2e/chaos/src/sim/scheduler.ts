/** Something that will happen. */
export interface Planned {
  /** It will not happen. */
  cancel(): void;
}

class Event implements Planned {
  readonly at: number;
  readonly order: number;
  readonly quiet: boolean;
  /** Undefined once it is cancelled: what it would have done is not kept in memory until its time. */
  act: (() => void) | undefined;

  constructor(at: number, order: number, quiet: boolean, act: () => void) {
    this.at = at;
    this.order = order;
    this.quiet = quiet;
    this.act = act;
  }

  cancel(): void {
    this.act = undefined;
  }
}

/**
 * Virtual time: everything that takes time stands in one queue, and the next thing happens when all
 * promises that the last one settled have run. Two things at one time happen in the order in which
 * they were planned, so that a run is the same whenever its decisions are.
 */
export class Scheduler {
  #now = 0;
  #order = 0;
  #steps = 0;
  /** A binary heap. */
  readonly #queue: Event[] = [];

  /** Milliseconds since the run began. */
  get now(): number {
    return this.#now;
  }

  /** How many things have happened. */
  get steps(): number {
    return this.#steps;
  }

  /** Plans something for so many milliseconds from now. */
  after(ms: number, act: () => void): Planned {
    return this.#plan(ms, false, act);
  }

  /** The same for what settles no promise, so that nothing has to run before the next thing happens. */
  quietlyAfter(ms: number, act: () => void): Planned {
    return this.#plan(ms, true, act);
  }

  #plan(ms: number, quiet: boolean, act: () => void): Planned {
    const event = new Event(this.#now + Math.max(0, ms), this.#order++, quiet, act);
    this.#push(event);
    return event;
  }

  /** Resolves after so many milliseconds. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /**
   * Lets things happen until `done` says so.
   *
   * @returns false when it has not by the time `limitMs`, or when nothing is left to happen.
   */
  run(done: () => boolean, limitMs: number): Promise<boolean> {
    const settled = Promise.resolve();
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          for (;;) {
            const event = done() ? undefined : this.#next();
            if (event === undefined || event.at > limitMs) {
              resolve(done());
              return;
            }
            this.#now = event.at;
            this.#steps += 1;
            event.act?.();
            if (!event.quiet) break;
          }
          // A tick that a microtask plans comes when no microtask is left. By a promise, since
          // `queueMicrotask` takes several times as long: Node makes a context of its own for each.
          settled.then(tick);
        } catch (error) {
          reject(error);
        }
      };
      const tick = (): void => process.nextTick(step);
      tick();
    });
  }

  #next(): Event | undefined {
    for (;;) {
      const event = this.#pop();
      if (event === undefined || event.act !== undefined) return event;
    }
  }

  #push(event: Event): void {
    const queue = this.#queue;
    let place = queue.push(event) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = queue[above] as Event;
      if (!isBefore(event, other)) break;
      queue[place] = other;
      place = above;
    }
    queue[place] = event;
  }

  #pop(): Event | undefined {
    const queue = this.#queue;
    const first = queue[0];
    const last = queue.pop();
    if (first === undefined || last === undefined || queue.length === 0) return first;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= queue.length) break;
      const right = queue[below + 1];
      if (right !== undefined && isBefore(right, queue[below] as Event)) below += 1;
      const other = queue[below] as Event;
      if (!isBefore(other, last)) break;
      queue[place] = other;
      place = below;
    }
    queue[place] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
