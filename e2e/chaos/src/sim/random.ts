import { type Random as Seeded, seeded } from "../truth/random.ts";

/** Numbers that a seed decides, in more ways. */
export class Random implements Seeded {
  readonly next: () => number;
  readonly below: Seeded["below"];
  readonly chance: Seeded["chance"];
  readonly some: Seeded["some"];

  constructor(seed: number) {
    ({ next: this.next, below: this.below, chance: this.chance, some: this.some } = seeded(seed));
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** One of them. */
  pick<T>(all: readonly T[]): T {
    const found = all[this.below(all.length)];
    if (found === undefined) throw new Error("nothing to pick from");
    return found;
  }

  /** Another source, which this one decides. */
  fork(): Random {
    return new Random(this.below(0x1_0000_0000));
  }
}
