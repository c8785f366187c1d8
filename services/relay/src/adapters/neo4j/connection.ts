import neo4j, { type Driver, type Session, type Transaction } from "neo4j-driver";
import { silent } from "./asking.ts";

/** Where the graph is. */
export interface Neo4jOptions {
  readonly uri: string;
  readonly user: string;
  /** Empty: no authentication. */
  readonly password: string;
  /** Empty: the user's home database. */
  readonly database: string;
  /**
   * How long the server lets a transaction be open, in milliseconds. Shorter than the lease, or a
   * paused owner would hold the lane's lock for longer than it is the owner.
   */
  readonly transactionMsMax: number;
}

/** How much longer than the server's own limit an answer is waited for, in milliseconds. */
const SILENCE_MS = 2_000;

/** Runs transactions on a graph. */
export interface Transactions {
  /**
   * Runs `work` in a transaction that is its to commit; one that it leaves open is rolled back.
   *
   * @param said stands in the server's list of transactions.
   * @param timeoutMs how long the server lets it be open; by default as long as any.
   * @returns what `work` gives, and the bookmark if it committed.
   * @throws what `work` or the driver throws; CallFailed `transient` when the server is silent.
   */
  transaction<T>(
    work: (tx: Transaction) => Promise<T>,
    said: Record<string, unknown>,
    timeoutMs?: number,
  ): Promise<{ readonly result: T; readonly bookmark: string | undefined }>;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Transactions on Neo4j, none of which is ever retried, nor waited for without an end. */
export class Connection implements Transactions {
  readonly #options: Neo4jOptions;
  #driver: Driver | undefined;

  constructor(options: Neo4jOptions) {
    this.#options = options;
  }

  async transaction<T>(
    work: (tx: Transaction) => Promise<T>,
    said: Record<string, unknown>,
    timeoutMs: number = this.#options.transactionMsMax,
  ): Promise<{ readonly result: T; readonly bookmark: string | undefined }> {
    const driver = this.#open();
    const { database } = this.#options;
    const session = driver.session({
      defaultAccessMode: neo4j.session.WRITE,
      ...(database !== "" && { database }),
    });
    const answered = this.#run(session, work, { timeout: timeoutMs, metadata: said });
    const answer = await withinMs(timeoutMs + SILENCE_MS, answered);
    if (answer !== undefined) return answer;
    // The connection may stay silent for ever, and the pool would give it out again.
    this.#driver = undefined;
    answered.catch(() => {}); // it fails now, and has been told as silence
    void driver.close().catch(() => {});
    throw silent(timeoutMs + SILENCE_MS);
  }

  async close(): Promise<void> {
    await this.#driver?.close();
    this.#driver = undefined;
  }

  async #run<T>(
    session: Session,
    work: (tx: Transaction) => Promise<T>,
    config: { timeout: number; metadata: Record<string, unknown> },
  ): Promise<{ readonly result: T; readonly bookmark: string | undefined }> {
    try {
      // Not awaited: BEGIN travels together with the first statements.
      const tx: Transaction = session.beginTransaction(config);
      const result = await work(tx);
      if (tx.isOpen()) await tx.rollback();
      return { result, bookmark: session.lastBookmarks()[0] };
    } finally {
      await session.close();
    }
  }

  #open(): Driver {
    const { uri, user, password } = this.#options;
    this.#driver ??= neo4j.driver(
      uri,
      password === "" ? undefined : neo4j.auth.basic(user, password),
      {
        userAgent: "outgraph-relay",
        useBigInt: true,
        // The driver cannot tell "not applied" from "the reply was lost"; the journal can.
        maxTransactionRetryTime: 0,
        disableAutoCommitRetries: true,
        connectionTimeout: 5_000,
        connectionAcquisitionTimeout: 10_000,
        maxConnectionPoolSize: 10,
        telemetryDisabled: true,
      },
    );
    return this.#driver;
  }
}

/** The result, or undefined when there is none in time. */
async function withinMs<T>(ms: number, result: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
