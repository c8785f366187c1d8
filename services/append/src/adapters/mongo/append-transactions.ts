import type { DocumentResult } from "@outgraph/events";
import type { Outbox } from "@outgraph/outbox";
import {
  type AppendResult,
  commitAppend,
  commitGroup,
  OutcomeUnknown,
  type Written,
} from "@outgraph/writer";
import type { ClientSession } from "mongodb";
import type { CheckedAppend } from "../../check-append.ts";
import type { CheckedWrite } from "../../checked-write.ts";
import { type AppendTransactions, NotTogether } from "../../group-commit.ts";
import type { CallLimit, Committed } from "../../ports.ts";
import type { Refusal } from "../../refusal.ts";
import { CollectionNames } from "./collection-names.ts";
import type { Mongo } from "./mongo-client.ts";
import type { OutboxAccess } from "./outbox-access.ts";
import { refusalOf, type Situation, undecided } from "./refusal-of.ts";
import { Refused } from "./refused.ts";
import { runWrite } from "./run-write.ts";
import { runWrites, SumInDoubt } from "./run-writes.ts";

/** The most that is kept free for the look at what became of a transaction, in milliseconds. */
const LOOK_MS_MAX = 500;

/**
 * How long the document writes of a group may take, in milliseconds, before its members run alone:
 * far longer than good ones take, and what a slow one costs its neighbours.
 */
const GROUP_WRITES_MS = 500;

/**
 * How long the updates and deletes of a collection go alone, in milliseconds, after sums of several
 * have left a doubt what each did: a workload that does so once does so often.
 */
const ALONE_MS = 30_000;

/** The transactions of appends in MongoDB. */
export class MongoAppendTransactions implements AppendTransactions {
  readonly #mongo: Mongo;
  readonly #access: OutboxAccess;
  readonly #names: CollectionNames;
  /** Until when the writes of a collection go alone, since sums have left a doubt. */
  readonly #inDoubt = new Map<string, number>();

  constructor(mongo: Mongo, access: OutboxAccess) {
    this.#mongo = mongo;
    this.#access = access;
    this.#names = new CollectionNames(mongo.client);
  }

  async together(
    appends: readonly CheckedAppend[],
    timeoutMs: number,
  ): Promise<(Committed | Refusal)[]> {
    try {
      const outbox = this.#access.required;
      await this.#requireCollections(appends.flatMap(({ writes }) => writes));
      const deadline = performance.now() + transactionMs(timeoutMs);
      const leftMs = (): number => Math.max(1, Math.floor(deadline - performance.now()));
      const results = await this.#commitGroup(outbox, appends, leftMs()).catch((error) => {
        if (!(error instanceof SumInDoubt)) throw error;
        this.#inDoubt.set(error.collection, performance.now() + ALONE_MS);
        return this.#commitGroup(outbox, appends, leftMs());
      });
      return results.map((result) => this.#answer(result));
    } catch (error) {
      throw new NotTogether(error instanceof OutcomeUnknown, error);
    }
  }

  #commitGroup(
    outbox: Outbox,
    appends: readonly CheckedAppend[],
    timeoutMs: number,
  ): Promise<AppendResult[]> {
    return commitGroup(
      outbox,
      appends.map((append) => ({ ...identityOf(append), append })),
      (session, fresh) =>
        this.#writeAll(
          session,
          fresh.map(({ append }) => append),
        ),
      // Without a primary nobody is at fault, and nobody would fare better alone.
      { timeoutMs, again: () => !this.#mongo.primaryKnown() },
    );
  }

  async alone(
    append: CheckedAppend,
    { timeoutMs, signal }: CallLimit,
    undecidedBefore: boolean,
    retried: () => void,
  ): Promise<Committed | Refusal> {
    let field: string | undefined; // of the write under way
    let attempts = 0;
    const write = async (session: ClientSession): Promise<Written> => {
      attempts += 1;
      if (attempts > 1) retried();
      const documents: DocumentResult[] = [];
      await this.#requireCollections(append.writes);
      for (const each of append.writes) {
        field = each.field;
        documents.push(await runWrite(this.#mongo.client, session, each));
      }
      field = undefined;
      return { entry: append.entry, documents };
    };
    try {
      return await commitAppend(
        this.#access.required,
        { ...identityOf(append), undecided: undecidedBefore, write },
        { timeoutMs: transactionMs(timeoutMs), signal },
      );
    } catch (error) {
      const refusal = refusalOf(error, this.#now(field));
      if (refusal === undefined) throw error;
      return refusal;
    }
  }

  late({ entry }: CheckedAppend, begun: boolean): Refusal {
    const now = this.#now(undefined);
    if (begun) return undecided(`no answer from MongoDB for entry ${entry.id}`, now);
    const kind = now.primaryKnown ? "out_of_time" : "unavailable";
    return { kind, message: "the time was up before its turn came; nothing was written" };
  }

  async #writeAll(session: ClientSession, appends: readonly CheckedAppend[]): Promise<Written[]> {
    const deadline = performance.now() + GROUP_WRITES_MS;
    const timeLeftMs = (): number => Math.max(1, Math.ceil(deadline - performance.now()));
    const writes = appends.flatMap((append) => append.writes);
    const alone = (collection: string): boolean =>
      (this.#inDoubt.get(collection) ?? 0) > performance.now();
    const results = await runWrites(this.#mongo.client, session, writes, { timeLeftMs, alone });
    let next = 0;
    return appends.map(({ entry, writes: own }) => {
      const documents = results.slice(next, next + own.length);
      next += own.length;
      return { entry, documents };
    });
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

  #answer(result: AppendResult): Committed | Refusal {
    if (!(result instanceof Error)) return result;
    const refusal = refusalOf(result, this.#now(undefined));
    if (refusal === undefined) throw result;
    return refusal;
  }

  #now(field: string | undefined): Situation {
    return { field, primaryKnown: this.#mongo.primaryKnown() };
  }
}

function identityOf({ entry, idGiven }: CheckedAppend) {
  return { id: entry.id, idGiven, digest: entry.digest };
}

/** A part of the time is for the look at what became of the transaction. */
function transactionMs(timeoutMs: number): number {
  return Math.max(1, Math.floor(timeoutMs - Math.min(LOOK_MS_MAX, timeoutMs / 5)));
}
