import { type BatchBounds, EntryBuffer } from "./entry-buffer.ts";
import type { PendingEntry } from "./pending-entry.ts";

/** Entries on their way to the graph, and how to take them. */
export interface Batches extends AsyncIterable<readonly PendingEntry[]> {
  /** What was read and not yet taken. */
  readonly waiting: EntryBuffer;
}

/**
 * Natural batching: whoever takes a batch gets what has arrived meanwhile, up to the bounds, and when
 * nothing has, the next entry at once. No linger, no timer.
 *
 * Reading runs beside the taking, about one batch ahead, and waits when nobody takes. Ends without an
 * error, and at once, when the signal aborts; entries that were read and not taken are left.
 *
 * @param onArrival is told of each entry that was read.
 * @throws whatever reading threw, as soon as it did.
 */
export function batches(
  entries: AsyncIterable<PendingEntry>,
  bounds: BatchBounds,
  signal: AbortSignal,
  onArrival: () => void = () => {},
): Batches {
  const waiting = new EntryBuffer(bounds);
  const fill = async (): Promise<void> => {
    for await (const entry of entries) {
      if (signal.aborted) return;
      const room = waiting.push(entry);
      onArrival();
      await room;
      if (waiting.ended) return; // nobody takes any more: what would be read is for another term
    }
  };
  return {
    waiting,
    async *[Symbol.asyncIterator]() {
      const stop = (): void => waiting.end();
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop, { once: true });
      void fill().then(
        () => waiting.end(),
        (error) => waiting.end(error),
      );
      try {
        for (;;) {
          const batch = await waiting.take();
          if (batch === undefined) return;
          yield batch;
        }
      } finally {
        signal.removeEventListener("abort", stop);
        waiting.end();
      }
    },
  };
}
