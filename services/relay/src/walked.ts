import type { At } from "./at.ts";

interface Part {
  readonly until: At;
  readonly seenAt: At;
}

/**
 * Remembers what a walk gave, by the times of its snapshots: some tens of bytes for each chunk of
 * the walk, whatever it held. So an entry that the stream gives is known to have been given before,
 * without its id being remembered.
 */
export class Walked {
  readonly #from: At;
  readonly #parts: Part[] = [];

  /** @param from where the walk began. */
  constructor(from: At) {
    this.#from = from;
  }

  /** The part of history after the one before, up to `until`, was given as it was at `seenAt`. */
  add(until: At, seenAt: At): void {
    const last = this.#parts.at(-1);
    if (last?.seenAt === seenAt) this.#parts.pop();
    this.#parts.push({ until, seenAt });
  }

  /** Whether the walk gave the entry that stands at this place in history and committed then. */
  gave(at: At, committedAt: At): boolean {
    if (at < this.#from) return false;
    const part = this.#partOf(at);
    return part !== undefined && committedAt <= part.seenAt;
  }

  #partOf(at: At): Part | undefined {
    let [low, high] = [0, this.#parts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const part = this.#parts[middle];
      if (part !== undefined && part.until < at) low = middle + 1;
      else high = middle;
    }
    return this.#parts[low];
  }
}
