import type { EntryId } from "@outgraph/events";
import { type EntryDocument, entryIdOf } from "@outgraph/outbox";
import type { At, StoredEntry } from "@outgraph/relay/test";
import { Timestamp } from "mongodb";
import type { DocumentStore } from "./document-store.ts";
import { DUPLICATE_KEY, NO_SUCH_TRANSACTION, WRITE_CONFLICT } from "./mongo-error.ts";

/**
 * A transaction with read concern snapshot: it sees what had committed when it began and what it
 * wrote; whoever changes what another one has changed since, or is changing, is aborted.
 */
export class MongoTransaction {
  readonly #store: DocumentStore;
  readonly #snapshot: At;
  readonly #written = new Map<string, unknown>();
  readonly #entries: { readonly stored: StoredEntry; readonly document: EntryDocument }[] = [];
  readonly #claimed: string[] = [];
  #state: "open" | "committed" | "aborted" = "open";

  constructor(store: DocumentStore, snapshot: At) {
    this.#store = store;
    this.#snapshot = snapshot;
  }

  /** What it sees under a key. */
  read(key: string): unknown {
    this.#requireOpen();
    return this.#written.has(key) ? this.#written.get(key) : this.#store.read(key, this.#snapshot);
  }

  /** @throws MongoLikeError when another transaction is in the way; this one is over then. */
  write(key: string, value: unknown): void {
    this.#requireOpen();
    this.#claim(key, this.#store.changed(key, this.#snapshot));
    this.#written.set(key, value);
  }

  /** Inserts a document. @throws MongoLikeError also when it is there. */
  insert(key: string, value: unknown): void {
    if (this.read(key) !== undefined) {
      this.abort();
      throw DUPLICATE_KEY(key);
    }
    this.write(key, value);
  }

  entries(ids: readonly EntryId[]): EntryDocument[] {
    this.#requireOpen();
    return ids.flatMap((id) => {
      const mine = this.#entries.find(({ stored }) => stored.id === id);
      if (mine !== undefined) return [stamped(mine.document, mine.stored.at)];
      if (!this.#store.outbox.hadEntry(id, this.#snapshot)) return [];
      const document = this.#store.entries.get(id);
      return document === undefined ? [] : [stamped(document, this.#store.outbox.placeOf(id))];
    });
  }

  purgeHorizonMs(): number {
    this.#requireOpen();
    return this.#store.outbox.purging.horizonAt(this.#snapshot);
  }

  /** Inserts entries, each stamped by the server as it comes. */
  insertEntries(documents: readonly EntryDocument[]): void {
    this.#requireOpen();
    const { outbox } = this.#store;
    for (const document of documents) {
      const id = entryIdOf(document._id);
      const isOwn = this.#entries.some(({ stored }) => stored.id === id);
      if (isOwn || outbox.hadEntry(id, this.#snapshot)) {
        this.abort();
        throw DUPLICATE_KEY(id);
      }
      this.#claim(`entry ${id}`, outbox.changedEntry(id, this.#snapshot));
      const stored = outbox.stamp(id, document.body.value());
      this.#entries.push({ stored, document });
    }
  }

  /** Once it has committed, a repeat says so again. */
  commit(): void {
    if (this.#state === "committed") return;
    this.#requireOpen();
    const { outbox, entries } = this.#store;
    for (const { stored, document } of this.#entries) entries.set(stored.id, document);
    const at = outbox.commitTogether(this.#entries.map(({ stored }) => stored));
    for (const [key, value] of this.#written) this.#store.write(key, value, at);
    this.#end("committed");
  }

  abort(): void {
    if (this.#state === "open") this.#end("aborted");
  }

  #claim(key: string, changed: boolean): void {
    const other = this.#store.writers.get(key);
    if (changed || (other !== undefined && other !== this)) {
      this.abort();
      throw WRITE_CONFLICT();
    }
    this.#store.writers.set(key, this);
    this.#claimed.push(key);
  }

  #end(state: "committed" | "aborted"): void {
    this.#state = state;
    for (const key of this.#claimed) this.#store.writers.delete(key);
  }

  #requireOpen(): void {
    if (this.#state !== "open") throw NO_SUCH_TRANSACTION();
  }
}

/** A document as the server keeps it. */
function stamped(document: EntryDocument, at: At): EntryDocument {
  return { ...document, at: Timestamp.fromBits(Number(at & 0xffff_ffffn), Number(at >> 32n)) };
}
