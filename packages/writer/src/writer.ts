import { create } from "@bufbuild/protobuf";
import { type EntryId, newEntryId, type Receipt, ReceiptSchema } from "@outgraph/events";
import { SUPPORTED_MUTATIONS } from "@outgraph/graph-plan";
import { entryDocument, type Outbox, openOutbox } from "@outgraph/outbox";
import type { ClientSession, Db } from "mongodb";
import { claimTransaction } from "./claim.ts";
import { commitAppend } from "./commit-append.ts";
import type { TimeLimit } from "./deadline.ts";
import { AlreadyCommitted, IdExpired, IdReused } from "./errors.ts";
import { type EventInput, entryFrom } from "./event-input.ts";
import { judge, look } from "./look.ts";
import { checkEntry, type PreparedEntry, prepareEntry } from "./prepare.ts";
import { activeTraceParent } from "./trace-context.ts";
import { type Waited, type WaitOptions, waitApplied } from "./wait-applied.ts";

/** What holds for every entry of a writer. */
export interface WriterOptions {
  /** Who writes: a service or job name of 1 to 128 bytes, for people and for metrics. */
  readonly source: string;
  /** What order is kept by once a graph is fed by many lanes; at most 256 bytes. Default none. */
  readonly partition?: string;
}

/** What is particular to one append. */
export interface AppendOptions {
  /**
   * The idempotency id, such as `entryIdFor(job.createdAt, job.id)`. Without one, a repeat cannot
   * be told from a new append.
   */
  readonly id?: EntryId;
  /** Instead of the writer's. */
  readonly partition?: string;
  /** The W3C `traceparent` to keep with the entry. Default that of the active OpenTelemetry span. */
  readonly trace?: string;
}

/** An entry to append. */
export interface AppendInput extends AppendOptions {
  /** What happened, in order; 1 to 10 000. */
  readonly events: readonly EventInput[];
}

/** What a transaction of `transact` works with. */
export interface UnitOfWork {
  /** For every operation in the work; one after another. */
  readonly session: ClientSession;
  /** Adds to the one entry that is appended when the work is done. */
  readonly add: (...events: readonly EventInput[]) => void;
}

/** A committed unit of work. */
export type Transacted<T> =
  | { readonly replayed: false; readonly entryId: EntryId; readonly result: T }
  /** An earlier one with this id had committed; the work did not run, or what it did was undone. */
  | { readonly replayed: true; readonly entryId: EntryId };

/**
 * A writer for the outbox of a database, after a look that the outbox is set up.
 *
 * @throws OutboxUnusable `not_set_up`, naming the command that makes it, or `format_newer`.
 */
export async function openWriter(db: Db, options: WriterOptions): Promise<OutboxWriter> {
  return new OutboxWriter(await openOutbox(db), options);
}

/** Appends graph changes in the MongoDB transactions that write the documents. */
export class OutboxWriter {
  readonly #outbox: Outbox;
  readonly #options: WriterOptions;

  constructor(outbox: Outbox, options: WriterOptions) {
    this.#outbox = outbox;
    this.#options = options;
  }

  /**
   * Adds one entry to the outbox, inside the transaction of `session`.
   *
   * The entry becomes visible exactly when that transaction commits, together with the documents
   * written in it, and not at all when it aborts. The relay picks it up then; nothing is sent from
   * here. With an id of your own, call it before you write documents: what it throws tells you
   * whether they were written before. `transact` does that, and runs the transaction too.
   *
   * @param session must have a transaction in progress; committing it stays with the caller.
   * @returns what a repeat of this append will return, once the transaction has committed.
   * @throws NoTransaction when it has none, which is a bug in the caller.
   * @throws AlreadyAppended when the transaction has its entry already; that one stands.
   * @throws EntryInvalid, MutationUnsupported, EntryTooLarge: nothing was written.
   * @throws AlreadyCommitted, IdReused, IdExpired for an id that is known, or too old to tell:
   *   nothing was written; abort the transaction.
   */
  async append(session: ClientSession, input: AppendInput): Promise<Receipt> {
    const entry = this.#prepare(input, input.events);
    claimTransaction(session);
    if (input.id !== undefined) await this.#refuseKnown(session, entry);
    await this.#outbox.entries.insertOne(entryDocument(entry), { session });
    return create(ReceiptSchema, { entryId: entry.id });
  }

  /**
   * Runs `work`, which writes the documents, in a transaction, appends the events as one entry, and
   * commits the two together; retries what may pass. `work` runs again in every attempt.
   *
   * Takes effect once for each id, however often it is repeated and however the calls overlap. A
   * known id returns at once, before `work` could fail on documents that are there already; with
   * other events it is refused.
   *
   * @throws whatever `work` throws; nothing was written.
   * @throws EntryInvalid (also without any event), MutationUnsupported, EntryTooLarge, IdReused,
   *   IdExpired: nothing was written.
   * @throws TransactionGaveUp when the time is up; nothing was written.
   * @throws OutcomeUnknown when nobody can say now: repeat it with the same id.
   */
  transact<T>(
    input: AppendInput & TimeLimit,
    work: (unit: Pick<UnitOfWork, "session">) => Promise<T>,
  ): Promise<Transacted<T>>;
  /**
   * The same for events that only `work` can tell, as they depend on what it reads: it adds them,
   * and they are appended once, when it is done. A repeat would tell other events where it reads
   * other documents, so a known id is taken at its word here, whatever the events.
   */
  transact<T>(
    options: AppendOptions & TimeLimit,
    work: (unit: UnitOfWork) => Promise<T>,
  ): Promise<Transacted<T>>;
  async transact<T>(
    input: AppendOptions & Partial<AppendInput> & TimeLimit,
    work: (unit: UnitOfWork) => Promise<T>,
  ): Promise<Transacted<T>> {
    const given = input.events && this.#prepare(input, input.events);
    const id = given?.id ?? input.id ?? newEntryId();
    let result: T | undefined;
    const { replayed } = await commitAppend(
      this.#outbox,
      {
        id,
        idGiven: input.id !== undefined,
        ...(given && { digest: given.digest }),
        write: async (session) => {
          claimTransaction(session);
          const added: EventInput[] = [];
          const add = (...events: readonly EventInput[]): void => {
            if (given) throw new TypeError("the events were given up front: add takes no more");
            added.push(...events);
          };
          result = await work({ session, add });
          return { entry: given ?? this.#prepare({ ...input, id }, added), documents: [] };
        },
      },
      input,
    );
    return replayed ? { replayed, entryId: id } : { replayed, entryId: id, result: result as T };
  }

  /**
   * Waits until the entries are in the graph, or decided otherwise: parked, blocked, skipped, or not
   * found.
   *
   * Returns when all are decided, or when the time is up; what is not decided then is `pending`, and
   * what nobody has seen is `not_found`. It asks MongoDB, every 10 to 500 ms; where many wait, the
   * append service asks once for all of them. Up to 1,000 ids.
   *
   * @throws RangeError for an id that is none, too many of them, or a time out of range.
   * @throws what the driver threw, when MongoDB could not be asked in time.
   */
  async waitApplied(ids: readonly string[], options: WaitOptions = {}): Promise<Waited> {
    return await waitApplied(this.#outbox, ids, options);
  }

  #prepare(options: AppendOptions, events: readonly EventInput[]): PreparedEntry {
    const { id, partition = this.#options.partition, trace = activeTraceParent() } = options;
    const entry = entryFrom({
      source: this.#options.source,
      events,
      ...(id !== undefined && { id }),
      ...(partition !== undefined && { partition }),
    });
    checkEntry(entry, SUPPORTED_MUTATIONS);
    return prepareEntry(entry, trace === undefined ? {} : { trace });
  }

  async #refuseKnown(session: ClientSession, entry: PreparedEntry): Promise<void> {
    const verdict = judge(entry.id, entry.digest, await look(this.#outbox, [entry.id], session));
    switch (verdict.kind) {
      case "new":
        return;
      case "replay":
        throw new AlreadyCommitted(entry.id, verdict.receipt);
      case "reused":
        throw new IdReused(entry.id);
      case "expired":
        throw new IdExpired(entry.id, verdict.horizon);
    }
  }
}
