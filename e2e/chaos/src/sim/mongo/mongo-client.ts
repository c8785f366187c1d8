import type { EntryId } from "@outgraph/events";
import { type EntryDocument, entryIdOf, META_ID, type Outbox } from "@outgraph/outbox";
import type { Document, UUID } from "mongodb";
import type { Machine } from "../machine.ts";
import { delayMs, type Environment, faultOf, latencyMs } from "../network.ts";
import type { DocumentStore } from "./document-store.ts";
import {
  LIFETIME_EXCEEDED,
  LOST,
  LOST_IN_COMMIT,
  LOST_IN_TRANSACTION,
  type MongoLikeError,
  WRITE_CONFLICT,
} from "./mongo-error.ts";
import type { MongoTransaction } from "./mongo-transaction.ts";

const COMMIT = "mongo.commit";

interface Options {
  readonly session?: MongoSession;
}

type ById = { readonly _id: UUID };

/** MongoDB as one machine reaches it: the few operations of the driver that writers use. */
export class MongoLikeClient {
  readonly store: DocumentStore;
  readonly #machine: Machine;
  readonly #environment: Environment;

  constructor(store: DocumentStore, machine: Machine, environment: Environment) {
    this.store = store;
    this.#machine = machine;
    this.#environment = environment;
  }

  /** The outbox, for the writer, which knows it by the driver's types. */
  outbox(): Outbox {
    const { incarnation } = this.store.outbox;
    const entries = {
      namespace: "sim.outbox",
      collectionName: "outbox",
      findOne: ({ _id }: ById) =>
        this.send("mongo.look", LOST, () => {
          const id = entryIdOf(_id);
          const { outbox, entries: all } = this.store;
          if (!outbox.hadEntry(id, outbox.time)) return null;
          return all.get(id) ?? null;
        }),
      insertOne: (document: EntryDocument, { session }: Options) =>
        this.#inTransaction(session, "insert", (tx) => tx.insertEntries([document])),
      insertMany: (documents: readonly EntryDocument[], { session }: Options) =>
        this.#inTransaction(session, "insert", (tx) => tx.insertEntries(documents)),
    };
    const meta = {
      namespace: "sim.outbox_meta",
      aggregate: (pipeline: readonly Document[], { session }: Options) => ({
        toArray: () => {
          const ids = lookedFor(pipeline);
          return this.#inTransaction(session, "find", (tx) => seenOf(tx, ids));
        },
      }),
    };
    const known = { db: { client: this }, entries, meta, incarnation, format: 1 };
    return known as unknown as Outbox;
  }

  startSession(): MongoSession {
    return new MongoSession(this);
  }

  /** Adds one to a counter, and gives what it is then. */
  increment(session: MongoSession, key: string): Promise<number> {
    return this.#inTransaction(session, "update", (tx) => {
      const next = Number(tx.read(key) ?? 0) + 1;
      tx.write(key, next);
      return next;
    });
  }

  /** What a transaction sees under a key. */
  find(session: MongoSession, key: string): Promise<unknown> {
    return this.#inTransaction(session, "find", (tx) => tx.read(key));
  }

  insert(session: MongoSession, key: string, value: unknown): Promise<void> {
    return this.#inTransaction(session, "update", (tx) => tx.insert(key, value));
  }

  /** Inserts documents into several collections, by one command. */
  insertAll(session: MongoSession, documents: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#inTransaction(session, "update", (tx) => {
      for (const [key, value] of Object.entries(documents)) tx.insert(key, value);
    });
  }

  /**
   * Sends a command.
   *
   * @param lost what the driver throws when the connection breaks.
   * @param spoil ends its transaction on the server.
   */
  send<T>(
    call: string,
    lost: () => MongoLikeError,
    act: () => T,
    spoil: () => void = () => {},
  ): Promise<T> {
    const { scheduler, random, trace } = this.#environment;
    const machine = this.#machine;
    const fault = faultOf(call, machine, this.#environment);
    return new Promise((resolve, reject) => {
      if (fault === "crash_before") machine.kill();
      if (machine.isDead) return;
      const there = latencyMs(random) + (fault === "slow" ? delayMs(random) : 0);
      const back = latencyMs(random);
      const lose = (): void => machine.deliver(() => reject(lost()));
      if (fault === "refused") return void scheduler.after(there + back, lose);
      if (fault === "late") scheduler.after(there + back, lose);
      const arrives = (): void => {
        trace.say(scheduler.now, machine.name, call);
        const answer = (tell: () => void): void => {
          if (fault === "crash_after") scheduler.after(back, () => machine.kill());
          else if (fault === "reply_lost") scheduler.after(back, lose);
          else if (fault !== "late") scheduler.after(back, () => machine.deliver(tell));
        };
        const isOver = fault === "timed_out" && random.chance(0.5);
        if (fault === "aborted" || isOver) spoil();
        try {
          const value = act();
          answer(() => (fault === "timed_out" ? reject(LIFETIME_EXCEEDED()) : resolve(value)));
        } catch (error) {
          answer(() => reject(isOver ? LIFETIME_EXCEEDED() : error));
        }
      };
      const ms = fault === "late" ? there + delayMs(random) : there;
      // Whoever waits for a change learns of it by a commit, and nobody of anything else before the answer.
      if (call === COMMIT) scheduler.after(ms, arrives);
      else scheduler.quietlyAfter(ms, arrives);
      if (fault === "crash_during") machine.kill();
    });
  }

  #inTransaction<T>(
    session: MongoSession | undefined,
    call: string,
    act: (tx: MongoTransaction) => T,
  ): Promise<T> {
    if (session === undefined) throw new Error("an operation without a session");
    const tx = session.server;
    const spoil = (): void => tx().abort();
    return this.send(`mongo.${call}`, LOST_IN_TRANSACTION, () => act(tx()), spoil);
  }

  /** Sends a commit. */
  commit(tx: () => MongoTransaction): Promise<void> {
    const spoil = (): void => tx().abort();
    return this.send(COMMIT, LOST_IN_COMMIT, () => tx().commit(), spoil);
  }

  abort(tx: () => MongoTransaction): Promise<void> {
    return this.send("mongo.abort", LOST, () => tx().abort());
  }
}

/** A session of the driver, as far as transactions go. */
export class MongoSession {
  /** A new object for each transaction, as the driver has it. */
  transaction: object = {};
  readonly #client: MongoLikeClient;
  #state: "none" | "open" | "committed" | "aborted" = "none";
  #server: MongoTransaction | undefined;

  constructor(client: MongoLikeClient) {
    this.#client = client;
  }

  /** The server's transaction; it begins there with the first command. */
  get server(): () => MongoTransaction {
    const { transaction } = this;
    return () => {
      if (this.transaction !== transaction) throw WRITE_CONFLICT();
      this.#server ??= this.#client.store.begin();
      return this.#server;
    };
  }

  inTransaction(): boolean {
    return this.#state === "open";
  }

  startTransaction(): void {
    if (this.#state === "open") throw new Error("a transaction is in progress");
    this.transaction = {};
    this.#server = undefined;
    this.#state = "open";
  }

  async commitTransaction(): Promise<void> {
    if (this.#state !== "open" && this.#state !== "committed") throw new Error("nothing to commit");
    this.#state = "committed";
    if (this.#server !== undefined) await this.#client.commit(this.server);
  }

  async abortTransaction(): Promise<void> {
    this.#state = "aborted";
    if (this.#server === undefined) return;
    await this.#client.abort(this.server).catch(() => {}); // as the driver does
  }

  async endSession(): Promise<void> {
    if (this.#state === "open") await this.abortTransaction();
  }
}

/** The ids that the writer's look asks for. @throws when it is another pipeline than that. */
function lookedFor(pipeline: readonly Document[]): EntryId[] {
  const [purge, , lookup, unwind] = pipeline;
  const asked: readonly UUID[] | undefined = lookup?.["$lookup"]?.pipeline?.[0]?.$match?._id?.$in;
  if (purge?.["$match"]?._id !== META_ID.purge || asked === undefined || unwind === undefined) {
    throw new Error(`nobody answers this here: ${JSON.stringify(pipeline)}`);
  }
  return asked.map(entryIdOf);
}

function seenOf(tx: MongoTransaction, ids: readonly EntryId[]): Document[] {
  const horizon = new Date(tx.purgeHorizonMs());
  const found = tx.entries(ids);
  return found.length === 0 ? [{ horizon }] : found.map((entry) => ({ horizon, entry }));
}
