import { setTimeout as delay } from "node:timers/promises";
import { classifyMongo } from "@outgraph/failure";
import { type Outbox, OutboxUnusable, openOutbox, setUpOutbox } from "@outgraph/outbox";
import type { ReadyReport } from "@outgraph/rpc-server";
import type { Signals } from "@outgraph/telemetry";
import type { MongoClient } from "mongodb";
import type { AppendSignals } from "../../signals.ts";

/** The outbox could not be opened yet; the message says why. */
export class OutboxClosed extends Error {
  override readonly name = "OutboxClosed";
}

/** The outbox, once MongoDB has been reached; never taken back then. */
export class OutboxAccess {
  #outbox: Outbox | undefined;
  #problem = "MongoDB has not been reached yet";

  /** Undefined until it is open. */
  get outbox(): Outbox | undefined {
    return this.#outbox;
  }

  /** The outbox. @throws OutboxClosed while it is not open. */
  get required(): Outbox {
    if (this.#outbox === undefined) throw new OutboxClosed(this.#problem);
    return this.#outbox;
  }

  /** Whether calls can be served. */
  ready(primaryKnown: boolean): ReadyReport {
    if (this.#outbox === undefined) return { ready: false, reason: this.#problem };
    return primaryKnown ? { ready: true } : { ready: false, reason: "MongoDB has no primary" };
  }

  /** Why it is not open yet. */
  get problem(): string {
    return this.#problem;
  }

  /**
   * Opens the outbox, trying until it can be had or `signal` is aborted.
   *
   * @param setUp makes what is missing.
   * @throws OutboxUnusable for what will not pass by itself: a standalone server, a newer format, a
   *   name that is taken, an outbox without its identity.
   */
  async open(
    client: MongoClient,
    database: string,
    setUp: boolean,
    signals: Signals<AppendSignals>,
    signal: AbortSignal,
  ): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await client.connect(); // the driver closes what did not connect, and opens it by this alone
        const made = setUp ? (await setUpOutbox(client, database)).made : [];
        const outbox = await openOutbox(client.db(database));
        this.#outbox = outbox;
        signals.emit("outbox.ready", { database, incarnation: outbox.incarnation, made });
        return;
      } catch (err) {
        if (signal.aborted) return;
        if (!mayPass(err)) throw err;
        this.#problem = err instanceof Error ? err.message : String(err);
        signals.emit("outbox.waiting", { err });
        const ms = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 10)) * Math.random();
        await delay(ms, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

const FIRST_MS = 200;
const MOST_MS = 3_000;

function mayPass(error: unknown): boolean {
  if (error instanceof OutboxUnusable) {
    // Somebody may be about to run the set-up, or rs.initiate().
    return error.reason === "not_set_up" || error.reason === "not_initiated";
  }
  return classifyMongo(error).kind === "transient";
}
