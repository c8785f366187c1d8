import type { EntryId } from "@outgraph/events";
import type { BatchNumber } from "./lane.ts";
import { type Patience, persist } from "./persist.ts";
import type { OutboxPort } from "./ports.ts";

/** Most entries that are looked for at once; a batch is looked for as a whole. */
const ENTRIES_AT_ONCE = 5_000;

/** Most ranges that are named; who reads more will not decide differently. */
const RANGES_NAMED = 20;

type Batch = readonly [BatchNumber, readonly EntryId[]];

/**
 * Which of these batches cannot be applied again, since entries of theirs are not in the outbox any
 * more, in words: "batches 3 to 7, 9". A batch that names no entries has lost its ack.
 *
 * @returns undefined when all can.
 */
export async function lacking(
  batches: AsyncIterable<Batch>,
  outbox: OutboxPort,
  patience: Patience,
): Promise<string | undefined> {
  const lacks: BatchNumber[] = [];
  let chunk: Batch[] = [];
  let entries = 0;
  const look = async (): Promise<void> => {
    const wanted = chunk.flatMap(([, ids]) => ids);
    const there = await persist("reapply", () => outbox.positionsOf(wanted), patience);
    for (const [number, ids] of chunk) {
      if (ids.length === 0 || ids.some((id) => !there.has(id))) lacks.push(number);
    }
    chunk = [];
    entries = 0;
  };
  for await (const batch of batches) {
    chunk.push(batch);
    entries += batch[1].length;
    if (entries >= ENTRIES_AT_ONCE) await look();
  }
  if (chunk.length > 0) await look();
  return lacks.length === 0 ? undefined : `batches ${rangesOf(lacks)}`;
}

/** "3 to 7, 9": ascending numbers, those that follow one another together. */
export function rangesOf(numbers: readonly bigint[]): string {
  const ranges: { first: bigint; last: bigint }[] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range !== undefined && number === range.last + 1n) range.last = number;
    else ranges.push({ first: number, last: number });
  }
  const named = ranges
    .slice(0, RANGES_NAMED)
    .map(({ first, last }) => (first === last ? `${first}` : `${first} to ${last}`));
  const more = ranges.length > RANGES_NAMED ? " and more" : "";
  return `${named.join(", ")}${more}`;
}
