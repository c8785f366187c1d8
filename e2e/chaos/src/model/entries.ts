/**
 * A set of entries: bit e stands for entry e. Entries are numbered in the order of history, so the
 * lowest bit is the oldest.
 */
export type Entries = number;

export const NONE: Entries = 0;

/** The set of this one. */
export const only = (entry: number): Entries => 1 << entry;

/** Whether all of `part` are in `whole`. */
export const within = (part: Entries, whole: Entries): boolean => (part & ~whole) === 0;

/** The numbers of the entries, oldest first. */
export function each(entries: Entries): number[] {
  const numbers: number[] = [];
  for (let rest = entries, number = 0; rest !== 0; rest >>= 1, number += 1) {
    if (rest & 1) numbers.push(number);
  }
  return numbers;
}

/** How many there are. */
export const count = (entries: Entries): number => each(entries).length;

/** The oldest ones. */
export function oldest(entries: Entries, most: number): Entries {
  return each(entries)
    .slice(0, most)
    .reduce((set, entry) => set | only(entry), NONE);
}

/** All of them together. */
export const union = (sets: readonly Entries[]): Entries =>
  sets.reduce((all, set) => all | set, NONE);

/** For people: `{a, c}`. */
export function name(entries: Entries): string {
  return `{${each(entries)
    .map((entry) => "abcdefgh"[entry])
    .join(", ")}}`;
}
