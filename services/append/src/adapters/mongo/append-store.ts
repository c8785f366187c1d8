import type { DocumentResult } from "@outgraph/events";
import type { Outbox } from "@outgraph/outbox";
import { commitAppend } from "@outgraph/writer";
import type { ClientSession } from "mongodb";
import type { CheckedAppend } from "../../check-append.ts";
import type { CheckedWrite } from "../../checked-write.ts";
import type { AppendStore, CallLimit, Committed } from "../../ports.ts";
import type { Refusal } from "../../refusal.ts";
import { within } from "../../time-limit.ts";
import { CollectionNames } from "./collection-names.ts";
import type { Mongo } from "./mongo-client.ts";
import type { OutboxAccess } from "./outbox-access.ts";
import { refusalOf, undecided } from "./refusal-of.ts";
import { Refused } from "./refused.ts";
import { runWrite } from "./run-write.ts";

/** The most that is kept free for that look, in milliseconds. */
const LOOK_MS_MAX = 500;

/** Appends in MongoDB: one transaction each, one after another. */
export class MongoAppendStore implements AppendStore {
  readonly #mongo: Mongo;
  readonly #access: OutboxAccess;
  readonly #names: CollectionNames;

  constructor(mongo: Mongo, access: OutboxAccess) {
    this.#mongo = mongo;
    this.#access = access;
    this.#names = new CollectionNames(mongo.client);
  }

  async commit(
    appends: readonly CheckedAppend[],
    limit: CallLimit,
  ): Promise<(Committed | Refusal)[]> {
    const deadline = performance.now() + limit.timeoutMs;
    const results: (Committed | Refusal)[] = [];
    for (const append of appends) {
      const timeoutMs = Math.floor(deadline - performance.now());
      results.push(await this.#commitOne(append, { ...limit, timeoutMs }));
    }
    return results;
  }

  async #commitOne(append: CheckedAppend, limit: CallLimit): Promise<Committed | Refusal> {
    const { outbox, problem } = this.#access;
    if (outbox === undefined) return { kind: "unavailable", message: problem };
    if (limit.signal.aborted) return { kind: "cancelled" };
    if (limit.timeoutMs < 1) {
      return { kind: "out_of_time", message: "the time was up before its turn came" };
    }
    // What the driver is in the midst of when the time is up may take longer than there is.
    return await within(this.#transact(outbox, append, limit), limit, (why) =>
      why === "cancelled"
        ? { kind: "cancelled" }
        : undecided(`no answer from MongoDB for entry ${append.entry.id}`, this.#now(undefined)),
    );
  }

  async #transact(
    outbox: Outbox,
    append: CheckedAppend,
    { timeoutMs, signal }: CallLimit,
  ): Promise<Committed | Refusal> {
    const { entry, idGiven, writes } = append;
    let field: string | undefined; // of the write under way
    const write = async (session: ClientSession) => {
      const documents: DocumentResult[] = [];
      await this.#requireCollections(writes);
      for (const each of writes) {
        field = each.field;
        documents.push(await runWrite(this.#mongo.client, session, each));
      }
      field = undefined;
      return { entry, documents };
    };
    try {
      return await commitAppend(
        outbox,
        { id: entry.id, idGiven, digest: entry.digest, write },
        { timeoutMs: transactionMs(timeoutMs), signal },
      );
    } catch (error) {
      const refusal = refusalOf(error, this.#now(field));
      if (refusal === undefined) throw error;
      return refusal;
    }
  }

  async #requireCollections(writes: readonly CheckedWrite[]): Promise<void> {
    const missing = await this.#names.missing(writes);
    if (missing.length === 0) return;
    throw new Refused({
      kind: "collection_not_found",
      faults: missing.map(({ field, database, collection }) => ({
        field: field.replace(/\.\w+$/, ".collection"),
        message: `no collection ${collection} in database ${database}`,
      })),
    });
  }

  #now(field: string | undefined): { field: string | undefined; primaryKnown: boolean } {
    return { field, primaryKnown: this.#mongo.primaryKnown() };
  }
}

/** A part of the time is for the look at what became of the transaction. */
function transactionMs(timeoutMs: number): number {
  return Math.max(1, Math.floor(timeoutMs - Math.min(LOOK_MS_MAX, timeoutMs / 5)));
}
