import { DEADLOCK } from "./neo4j-error.ts";

/** Who can hold locks, and be told that it will never get one. */
export interface LockHolder {
  readonly held: Set<string>;
  /** Whom it waits for; undefined when it does not wait. */
  waitsFor: string | undefined;
}

interface Waiter<H> {
  readonly holder: H;
  readonly granted: () => void;
}

interface Lock<H> {
  owner: H;
  readonly waiters: Waiter<H>[];
}

/** Exclusive locks by name. Whoever would close a circle of waiting is refused. */
export class LockTable<H extends LockHolder> {
  readonly #locks = new Map<string, Lock<H>>();
  readonly #pick: (count: number) => number;

  /** @param pick which of so many that wait gets a lock next: no order is promised. */
  constructor(pick: (count: number) => number) {
    this.#pick = pick;
  }

  /** How many wait for a lock. */
  get waiting(): number {
    let waiting = 0;
    for (const { waiters } of this.#locks.values()) waiting += waiters.length;
    return waiting;
  }

  /**
   * Takes a lock.
   *
   * @returns undefined when it is had at once, else what resolves when it is.
   * @throws Neo4jError when the one who has it waits for this one.
   */
  take(holder: H, name: string): Promise<void> | undefined {
    const lock = this.#locks.get(name);
    if (lock === undefined) {
      this.#locks.set(name, { owner: holder, waiters: [] });
      holder.held.add(name);
      return undefined;
    }
    if (lock.owner === holder) return undefined;
    for (let other: H | undefined = lock.owner; other?.waitsFor !== undefined; ) {
      const next: H | undefined = this.#locks.get(other.waitsFor)?.owner;
      if (next === holder) throw DEADLOCK();
      other = next;
    }
    holder.waitsFor = name;
    return new Promise((resolve) => lock.waiters.push({ holder, granted: resolve }));
  }

  /** Gives everything back, and waits for nothing any more. */
  release(holder: H): void {
    if (holder.waitsFor !== undefined) {
      const lock = this.#locks.get(holder.waitsFor);
      const place = lock?.waiters.findIndex((waiter) => waiter.holder === holder) ?? -1;
      if (place >= 0) lock?.waiters.splice(place, 1);
      holder.waitsFor = undefined;
    }
    for (const name of holder.held) {
      const lock = this.#locks.get(name);
      if (lock === undefined) continue;
      const [next] = lock.waiters.splice(this.#pick(lock.waiters.length), 1);
      if (next === undefined) {
        this.#locks.delete(name);
        continue;
      }
      lock.owner = next.holder;
      next.holder.held.add(name);
      next.holder.waitsFor = undefined;
      next.granted();
    }
    holder.held.clear();
  }
}
