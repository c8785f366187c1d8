/** What a command of several updates reports: sums, and which of them inserted. */
export interface UpdateSums {
  readonly matched: number;
  readonly modified: number;
  readonly upserted: Readonly<Record<number, unknown>>;
}

/** What one of them did. */
export interface UpdateShare {
  readonly matched: number;
  readonly modified: number;
  /** Present when it inserted. */
  readonly upsertedId?: unknown;
}

/**
 * What each of some updates of one document did, when the sums leave no doubt: each of those that
 * did not insert matched, or none did; and each of these changed its document, or none did.
 *
 * @returns undefined when the sums can have come about in more than one way.
 */
export function sharesOf(count: number, sums: UpdateSums): readonly UpdateShare[] | undefined {
  const inserted = Object.keys(sums.upserted).length;
  const each = evenly(sums.matched, count - inserted);
  const modified = evenly(sums.modified, sums.matched);
  if (each === undefined || modified === undefined) return undefined;
  return Array.from({ length: count }, (_, index) =>
    index in sums.upserted
      ? { matched: 0, modified: 0, upsertedId: sums.upserted[index] }
      : { matched: each, modified: each * modified },
  );
}

/** 1 when each of so many counts once in the sum, 0 when none does, undefined when some do. */
export function evenly(sum: number, count: number): 0 | 1 | undefined {
  if (sum === 0) return 0;
  return sum === count ? 1 : undefined;
}
