import type { Transactions } from "@outgraph/relay/test";

type Work = Parameters<Transactions["transaction"]>[0];
type DriverTransaction = Parameters<Work>[0];

/** A row of an answer. */
export type Row = Record<string, unknown>;

/** A transaction of Neo4j that a test holds open, by the relay's own way of running one. */
export class GraphTransaction {
  readonly #open: Promise<{ readonly tx: DriverTransaction }>;
  readonly #over: Promise<unknown>;
  readonly #end: () => void;

  constructor(transactions: Transactions, timeoutMs: number) {
    const opened = Promise.withResolvers<{ readonly tx: DriverTransaction }>();
    const ended = Promise.withResolvers<void>();
    const work = (tx: DriverTransaction): Promise<void> => {
      opened.resolve({ tx }); // not by itself: it is a promise too
      return ended.promise;
    };
    this.#open = opened.promise;
    this.#end = () => ended.resolve();
    this.#over = transactions.transaction(work, { app: "fidelity", does: "test" }, timeoutMs);
    this.#over.catch(opened.reject);
    this.#open.catch(() => {}); // whoever runs something in it is told
  }

  /** Runs a statement. Several may be sent at once. */
  async run<R = Row>(cypher: string, params: Record<string, unknown> = {}): Promise<R[]> {
    const { tx } = await this.#open;
    const { records } = await tx.run(cypher, params);
    return records.map((record) => record.toObject() as R);
  }

  /** Sends COMMIT. */
  async commit(): Promise<void> {
    const { tx } = await this.#open;
    try {
      await tx.commit();
    } finally {
      this.#end();
      await this.#over.catch(() => {});
    }
  }

  /** Ends it, and waits until its connection is free again. */
  async rollback(): Promise<void> {
    this.#end();
    await this.#over.catch(() => {});
  }
}
