import type { EntryDocument } from "@outgraph/outbox";
import type { At, MemoryOutbox } from "@outgraph/relay/test";
import type { Scheduler } from "../scheduler.ts";
import { MongoTransaction } from "./mongo-transaction.ts";

interface Version {
  readonly at: At;
  readonly value: unknown;
}

/** The documents of a database beside its outbox, with every version that they had. */
export class DocumentStore {
  readonly outbox: MemoryOutbox;
  /** Entries as they were inserted. */
  readonly entries: Map<string, EntryDocument> = new Map();
  /** Who has changed a key and neither committed nor aborted. */
  readonly writers: Map<string, MongoTransaction> = new Map();
  readonly #scheduler: Scheduler;
  readonly #lifetimeMs: number;
  readonly #versions = new Map<string, Version[]>();

  constructor(outbox: MemoryOutbox, scheduler: Scheduler, lifetimeMs: number) {
    this.outbox = outbox;
    this.#scheduler = scheduler;
    this.#lifetimeMs = lifetimeMs;
  }

  begin(): MongoTransaction {
    const tx = new MongoTransaction(this, this.outbox.time);
    this.#scheduler.quietlyAfter(this.#lifetimeMs, () => tx.abort());
    return tx;
  }

  /** What a key had at a time. */
  read(key: string, time: At): unknown {
    return this.#versions.get(key)?.findLast(({ at }) => at <= time)?.value;
  }

  /** Whether a key was changed after a time. */
  changed(key: string, time: At): boolean {
    const last = this.#versions.get(key)?.at(-1);
    return last !== undefined && last.at > time;
  }

  write(key: string, value: unknown, at: At): void {
    const versions = this.#versions.get(key) ?? [];
    versions.push({ at, value });
    this.#versions.set(key, versions);
  }

  /** The newest of all keys that begin so. */
  *all(prefix: string): Generator<readonly [string, unknown]> {
    for (const [key, versions] of this.#versions) {
      if (key.startsWith(prefix)) yield [key.slice(prefix.length), versions.at(-1)?.value];
    }
  }
}
