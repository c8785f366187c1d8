import type { OutboxCollections } from "@outgraph/outbox";
import type { ClientSession, Collection, Document, Filter, Timestamp } from "mongodb";

/** What to find, as the server's `find` takes it. */
export interface Find<T> {
  readonly filter: Filter<T>;
  readonly projection: Document;
  readonly sort?: Document;
  readonly limit?: number;
  /** Most documents of one answer: it is held in memory as a whole. */
  readonly batchSize?: number;
}

/**
 * The outbox as it was at one time: every read sees exactly what had committed by then, and a
 * majority has it, so nothing of it can be rolled back. Nothing is open on the server between reads.
 *
 * A transaction would do too, but does not tell its time.
 */
export class Snapshot {
  readonly time: Timestamp;
  readonly #outbox: OutboxCollections;

  private constructor(outbox: OutboxCollections, time: Timestamp) {
    this.#outbox = outbox;
    this.time = time;
  }

  /** Of now, and not older than what the session has seen. */
  static async take(outbox: OutboxCollections, session: ClientSession): Promise<Snapshot> {
    await outbox.meta.findOne({}, { session, projection: { _id: 1 } });
    if (session.operationTime === undefined) throw new Error("the server told no operation time");
    return new Snapshot(outbox, session.operationTime);
  }

  /** Documents of one collection. */
  find<T extends Document>(
    { collectionName }: Collection<T>,
    { filter, projection, sort, limit, batchSize = 1_000 }: Find<T>,
  ): AsyncIterable<T> & { close(): Promise<void> } {
    const cursor = this.#outbox.db.runCursorCommand(
      {
        find: collectionName,
        filter,
        projection,
        batchSize,
        ...(sort !== undefined && { sort }),
        ...(limit !== undefined && { limit }),
        readConcern: { level: "snapshot", atClusterTime: this.time },
      },
      { readPreference: "primary", useBigInt64: true, promoteBuffers: false },
    );
    cursor.setBatchSize(batchSize);
    return cursor as unknown as AsyncIterable<T> & { close(): Promise<void> };
  }
}
