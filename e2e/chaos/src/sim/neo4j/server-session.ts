import type { Scheduler } from "../scheduler.ts";
import type { Row } from "./expression.ts";
import type { GraphStore } from "./graph-store.ts";
import type { GraphTransaction } from "./graph-transaction.ts";
import { type Neo4jError, TIMED_OUT } from "./neo4j-error.ts";
import { isRead, runSpecial, runStatement } from "./statement.ts";

/**
 * The server's end of a connection: it does what arrives, in order, in one transaction, which begins
 * with the first message and ends by itself when its time is up. After a failure it does nothing.
 */
export class ServerSession {
  readonly #store: GraphStore;
  readonly #scheduler: Scheduler;
  readonly #said: Record<string, unknown>;
  readonly #timeoutMs: number;
  readonly #say: (text: string) => void;
  #tx: GraphTransaction | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #lastArrival = 0;
  #commitComes = false;
  #hungUp = false;

  constructor(
    store: GraphStore,
    scheduler: Scheduler,
    said: Record<string, unknown>,
    timeoutMs: number,
    say: (text: string) => void,
  ) {
    this.#store = store;
    this.#scheduler = scheduler;
    this.#said = said;
    this.#timeoutMs = timeoutMs;
    this.#say = say;
  }

  /**
   * A message arrives after so long, but not before those that were sent before it.
   *
   * @param ended ends the transaction instead of what the message asks for.
   */
  arrive<T>(
    ms: number,
    act: () => Promise<T>,
    ended: Neo4jError | undefined,
    isCommit: boolean,
  ): Promise<T> {
    if (isCommit) this.#commitComes = true;
    this.#lastArrival = Math.max(this.#lastArrival, this.#scheduler.now + ms);
    const arrival = this.#scheduler.sleep(this.#lastArrival - this.#scheduler.now);
    const before = this.#last;
    const answer = (async () => {
      await arrival;
      await before;
      this.#begin();
      if (ended !== undefined) {
        this.#tx?.terminate(ended);
        throw ended;
      }
      return await act();
    })();
    this.#last = answer;
    // A failure is told to each that comes after, and to nobody else.
    answer.catch(() => this.#tx?.rollback());
    return answer;
  }

  async run(cypher: string, params: Readonly<Record<string, unknown>>): Promise<readonly Row[]> {
    const tx = this.#open();
    if (isRead(cypher)) return await runStatement(tx, cypher, params);
    const special = runSpecial(this.#store, tx, cypher, params);
    return special ?? (await runStatement(tx, cypher, params));
  }

  commit(): void {
    this.#open().commit();
    this.#say(`COMMIT ${Object.values(this.#said).join(" ")}`);
  }

  rollback(): void {
    this.#tx?.rollback();
  }

  /** The client has gone; the server learns of it after so long. A COMMIT under way still takes effect. */
  hangUp(ms: number): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    if (this.#commitComes || this.#tx?.isOpen === false) return;
    const left = Math.max(0, this.#lastArrival - this.#scheduler.now);
    this.#scheduler.after(left + ms, () => this.#tx?.rollback());
  }

  #begin(): void {
    if (this.#tx !== undefined) return;
    const over = this.#scheduler.after(this.#timeoutMs, () => tx.terminate(TIMED_OUT()));
    const tx = this.#store.begin(this.#said, () => over.cancel());
    this.#tx = tx;
  }

  #open(): GraphTransaction {
    if (this.#tx === undefined) throw new Error("a message before its transaction");
    this.#tx.requireOpen();
    return this.#tx;
  }
}
