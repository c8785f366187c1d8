import { CallFailed, type Transactions } from "@outgraph/relay/test";
import type { Machine } from "../machine.ts";
import { delayMs, type Environment, latencyMs } from "../network.ts";
import type { Row } from "./expression.ts";
import type { GraphStore } from "./graph-store.ts";
import { CONNECTION_LOST, DEADLOCK, TIMED_OUT } from "./neo4j-error.ts";
import { ServerSession } from "./server-session.ts";

type Work = Parameters<Transactions["transaction"]>[0];
type DriverTransaction = Parameters<Work>[0];

/** How much longer than the server's own limit an answer is waited for, in milliseconds. */
const SILENCE_MS = 2_000;

/** The graph's server as one machine reaches it: what the driver and its connections do. */
export class Neo4jClient implements Transactions {
  readonly #store: GraphStore;
  readonly #machine: Machine;
  readonly #environment: Environment;
  readonly #timeoutMs: number;

  /** @param timeoutMs how long the server lets a transaction be open. */
  constructor(store: GraphStore, machine: Machine, environment: Environment, timeoutMs: number) {
    this.#store = store;
    this.#machine = machine;
    this.#environment = environment;
    this.#timeoutMs = timeoutMs;
  }

  transaction<T>(
    work: (tx: DriverTransaction) => Promise<T>,
    said: Record<string, unknown>,
    timeoutMs: number = this.#timeoutMs,
  ): Promise<{ readonly result: T; readonly bookmark: string | undefined }> {
    const machine = this.#machine;
    return new Promise((resolve, reject) => {
      const silence = machine.after(timeoutMs + SILENCE_MS, () => {
        const message = "Neo4j: no answer";
        reject(new CallFailed({ kind: "transient", code: "Silent", message, cause: undefined }));
      });
      this.#run(work, said, timeoutMs)
        .finally(() => silence.cancel())
        .then(resolve, reject);
    });
  }

  async close(): Promise<void> {}

  async #run<T>(
    work: (tx: DriverTransaction) => Promise<T>,
    said: Record<string, unknown>,
    timeoutMs: number,
  ): Promise<{ readonly result: T; readonly bookmark: string | undefined }> {
    const wire = new Wire(this.#store, this.#machine, this.#environment, said, timeoutMs);
    try {
      const result = await work(wire as unknown as DriverTransaction);
      if (wire.isOpen()) await wire.rollback();
      return { result, bookmark: wire.bookmark };
    } finally {
      wire.hangUp();
    }
  }
}

/** One connection with its transaction, as the driver shows it. */
class Wire {
  bookmark: string | undefined;
  readonly #session: ServerSession;
  readonly #machine: Machine;
  readonly #environment: Environment;
  readonly #does: string;
  #isOpen = true;
  #isLost = false;
  #begun = false;

  constructor(
    store: GraphStore,
    machine: Machine,
    environment: Environment,
    said: Record<string, unknown>,
    timeoutMs: number,
  ) {
    const { scheduler, random, trace } = environment;
    const say = (text: string): void => trace.say(scheduler.now, machine.name, text);
    this.#session = new ServerSession(store, scheduler, said, timeoutMs, say);
    this.#machine = machine;
    this.#environment = environment;
    this.#does = String(said["does"]);
    machine.onDeath(() => this.#session.hangUp(random.next() * 20));
  }

  isOpen(): boolean {
    return this.#isOpen;
  }

  run(cypher: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const call = this.#begun ? "run" : "begin";
    this.#begun = true;
    const fault = this.#environment.faults.of(this.#machine, `graph.${call}.${this.#does}`);
    const answer = this.#send(fault, () => this.#session.run(cypher, params)).then(resultOf);
    answer.catch(() => {}); // whoever sends several at once hears of the first that failed
    return answer;
  }

  async commit(): Promise<void> {
    const fault = this.#environment.faults.of(this.#machine, `graph.commit.${this.#does}`);
    await this.#send(fault, async () => this.#session.commit(), true);
    this.#isOpen = false;
    this.bookmark = `bookmark:${this.#environment.scheduler.now}`;
  }

  async rollback(): Promise<void> {
    await this.#send(undefined, async () => this.#session.rollback());
    this.#isOpen = false;
  }

  /** The connection is not used any more. */
  hangUp(): void {
    this.#session.hangUp(0);
  }

  #send<T>(
    fault: ReturnType<Environment["faults"]["of"]>,
    act: () => Promise<T>,
    isCommit = false,
  ): Promise<T> {
    const { scheduler, random, isAway } = this.#environment;
    const machine = this.#machine;
    if (fault === "crash_before") machine.kill();
    if (machine.isDead) return new Promise(() => {});
    if (this.#isLost) return Promise.reject(CONNECTION_LOST());
    return new Promise((resolve, reject) => {
      const there = latencyMs(random);
      const back = latencyMs(random);
      const lose = (): void => {
        this.#isLost = true;
        machine.deliver(() => reject(CONNECTION_LOST()));
      };
      if (fault === "refused" || isAway(machine, "neo4j")) {
        this.#isLost = true;
        // The server learns of it late, and holds its locks until then.
        this.#session.hangUp(random.chance(0.5) ? 0 : delayMs(random));
        scheduler.after(there, lose);
        return;
      }
      const isLate = fault === "late" || fault === "slow";
      if (fault === "late") scheduler.after(there, lose);
      const done = (answer: () => void): void => {
        if (fault === "crash_after") scheduler.after(back, () => machine.kill());
        else if (fault === "reply_lost") scheduler.after(back, lose);
        else if (fault !== "late") scheduler.after(back, () => machine.deliver(answer));
      };
      const ended =
        fault === "aborted" ? DEADLOCK() : fault === "timed_out" ? TIMED_OUT() : undefined;
      this.#session.arrive(there + (isLate ? delayMs(random) : 0), act, ended, isCommit).then(
        (value) => done(() => resolve(value)),
        (error: unknown) => done(() => reject(error)),
      );
      if (fault === "crash_during") machine.kill();
    });
  }
}

/** What the driver makes of rows. */
function resultOf(rows: readonly Row[]): unknown {
  return {
    records: rows.map((row) => ({ get: (name: string) => row[name], toObject: () => row })),
  };
}
