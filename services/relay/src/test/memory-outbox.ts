import { type Entry, type EntryId, encodeEntry, entryId } from "@outgraph/events";
import { AT_ZERO, type At, at, later } from "../at.ts";
import { CallFailed } from "../call-failed.ts";
import type { Clock } from "../clock.ts";
import { sameEntries } from "../history.ts";
import { type BatchNumber, batchNumber, type Epoch, epoch } from "../lane.ts";
import type { LeaseAnswer } from "../lease.ts";
import type { StoredEntry } from "../pending-entry.ts";
import type {
  Ack,
  Backlog,
  Oplog,
  OutboxIdentity,
  OutboxPort,
  Reading,
  StreamEvent,
  WalkChunk,
} from "../ports.ts";

import { MemoryParking } from "./memory-parking.ts";
import { MemoryPurge } from "./memory-purge.ts";

interface Committed {
  readonly stored: StoredEntry;
  readonly committedAt: At;
  purgedAt?: At;
}

/** How many entries a chunk of the walk has: few, so that tests see more than one. */
const CHUNK = 3;

/** What happened in an outbox, in the order in which it did. */
export type OutboxChange =
  | {
      readonly kind: "appended" | "skipped" | "set_aside" | "forgotten" | "purged";
      readonly entry: EntryId;
    }
  | ({ readonly kind: "acked" } & Ack)
  | { readonly kind: "ack_purged"; readonly batch: BatchNumber }
  | { readonly kind: "horizon"; readonly ms: number }
  | { readonly kind: "lease"; readonly epoch: bigint };

/** How an outbox in memory is made. */
export interface MemoryOutboxOptions {
  /** Default a random one. */
  readonly incarnation?: string;
  /** Whether its logical clock goes with the given one, as a server's does. Default it stands still. */
  readonly followsClock?: boolean;
}

/** An outbox in memory that keeps the port's promises, with a logical clock of its own. */
export class MemoryOutbox implements OutboxPort {
  readonly incarnation: string;
  /** Told of everything that happens in it. */
  onChange: (change: OutboxChange) => void = () => {};
  readonly purging: MemoryPurge;
  readonly parking: MemoryParking;
  readonly acks: Map<BatchNumber, Ack> = new Map();
  readonly parked: Set<EntryId> = new Set();
  /** Called before each call takes effect: a test lets calls fail by throwing here. */
  before: (call: keyof OutboxPort) => void | Promise<void> = () => {};
  /** Called after each call took effect: a test loses replies by throwing here. */
  afterwards: (call: keyof OutboxPort) => void | Promise<void> = () => {};
  transactionLifetimeMs = 60_000;
  /** What was said last of a graph that was put back. */
  reapplying: { readonly epoch: Epoch; readonly after: BatchNumber | undefined } | undefined;
  /** The first operation that the oplog still has. */
  oplogStart: At = AT_ZERO;
  /** What was published last. */
  backlog: Backlog | undefined;
  readonly #clock: Clock;
  readonly #followsClock: boolean;
  #time: At = at(1_700_000_000n << 32n);
  #committed: Committed[] = [];
  #byId = new Map<EntryId, Committed>();
  #lease = { holder: "", epoch: 0n, expiresAt: 0 };
  #horizon: At = AT_ZERO;
  #wakers: (() => void)[] = [];
  #gone: string | undefined;

  constructor(clock: Clock, options: MemoryOutboxOptions = {}) {
    this.#clock = clock;
    this.#followsClock = options.followsClock ?? false;
    this.incarnation = options.incarnation ?? crypto.randomUUID();
    this.purging = new MemoryPurge(this, clock);
    this.parking = new MemoryParking(this);
  }

  /** Inserts and commits an entry. */
  append(entry: Entry, trace?: string): EntryId {
    return this.commit({ ...this.insert(entry), trace });
  }

  /** Stamps an entry, as an insert in a transaction does; it is visible once `commit` is called. */
  insert(entry: Entry): StoredEntry {
    return this.stamp(entryId(entry.id), encodeEntry(entry));
  }

  /** The same for an entry that is encoded. */
  stamp(id: EntryId, body: Uint8Array): StoredEntry {
    return { id, at: this.#tick(), version: 1, body };
  }

  /** Commits an inserted entry. */
  commit(stored: StoredEntry): EntryId {
    this.commitTogether([stored]);
    return stored.id;
  }

  /** Commits the inserted entries of one transaction, all at one time, which it returns. */
  commitTogether(inserted: readonly StoredEntry[]): At {
    const committedAt = this.#tick();
    for (const stored of inserted) {
      const committed: Committed = { stored, committedAt };
      this.#committed.push(committed);
      this.#byId.set(stored.id, committed);
      this.onChange({ kind: "appended", entry: stored.id });
    }
    this.#wake();
    return committedAt;
  }

  /** What a read gives now as its operation time: what committed by then is what there is. */
  get time(): At {
    return this.#follow();
  }

  /** Whether an entry was there at a time. */
  hadEntry(id: EntryId, time: At): boolean {
    const found = this.#byId.get(id);
    if (found === undefined || found.committedAt > time) return false;
    return found.purgedAt === undefined || found.purgedAt > time;
  }

  /** Whether an entry was inserted or deleted after a time. */
  changedEntry(id: EntryId, time: At): boolean {
    const found = this.#byId.get(id);
    return found !== undefined && (found.committedAt > time || (found.purgedAt ?? time) > time);
  }

  /** A copy of everything, to put back later. */
  backup(): () => void {
    const committed = this.#committed.map((each) => ({ ...each }));
    const acks = new Map(this.acks);
    const parked = new Set(this.parked);
    const lease = { ...this.#lease };
    const [horizon, reapplying] = [this.#horizon, this.reapplying];
    const parking = this.parking.backup();
    const purging = this.purging.backup();
    return () => {
      this.#committed = committed.map((each) => ({ ...each }));
      this.#byId = new Map(this.#committed.map((each) => [each.stored.id, each]));
      refill(this.acks, acks);
      refill(this.parked, parked);
      this.#lease = { ...lease };
      this.#horizon = horizon;
      this.reapplying = reapplying;
      parking();
      purging();
    };
  }

  /** Moves the logical clock, so that what was before is long ago. */
  passSeconds(seconds: number): void {
    this.#time = at(this.#time + (BigInt(seconds) << 32n));
  }

  /** Deletes entries, as the purge does. */
  purge(ids: readonly EntryId[]): void {
    const purgedAt = this.#tick();
    for (const id of ids) {
      const found = this.#byId.get(id);
      if (found === undefined || found.purgedAt !== undefined) continue;
      found.purgedAt = purgedAt;
      this.onChange({ kind: "purged", entry: id });
    }
  }

  /** The entries that are there, in the order of their commits. */
  get stored(): readonly StoredEntry[] {
    const there = this.#committed.filter(({ purgedAt }) => purgedAt === undefined);
    return there.map(({ stored }) => stored);
  }

  /** Who has the lease, and under which epoch. */
  get lease(): { readonly holder: string; readonly epoch: bigint } {
    return this.#lease;
  }

  /** Where in history an entry stands. */
  placeOf(id: EntryId): At {
    return this.#find(id)?.at ?? AT_ZERO;
  }

  /** The lease's epoch. */
  get epoch(): bigint {
    return this.#lease.epoch;
  }

  /** Gives the lease to another relay, as if it had run out unnoticed. */
  usurp(): void {
    this.#lease = { holder: "usurper", epoch: this.#lease.epoch + 1n, expiresAt: 0 };
  }

  /** Drops the collection of entries. */
  drop(): void {
    this.#committed = [];
    this.#byId.clear();
    this.#gone = "dropped";
    this.#wake();
  }

  async open(): Promise<OutboxIdentity> {
    return this.#call("open", () => ({
      incarnation: this.incarnation,
      transactionLifetimeMs: this.transactionLifetimeMs,
    }));
  }

  async takeLease(holder: string, ttlMs: number): Promise<LeaseAnswer> {
    return this.#call("takeLease", () => {
      const now = this.#clock.now();
      const lease = this.#lease;
      if (lease.holder !== "" && lease.holder !== holder && lease.expiresAt > now) {
        return { kind: "held", by: lease.holder, remainingMs: lease.expiresAt - now };
      }
      this.#tick();
      this.#lease = { holder, epoch: lease.epoch + 1n, expiresAt: now + ttlMs };
      this.onChange({ kind: "lease", epoch: this.#lease.epoch });
      return { kind: "granted", epoch: epoch(this.#lease.epoch) };
    });
  }

  async renewLease(holder: string, held: Epoch, ttlMs: number): Promise<boolean> {
    return this.#call("renewLease", () => {
      if (this.#lease.holder !== holder || this.#lease.epoch !== held) return false;
      this.#lease.expiresAt = this.#clock.now() + ttlMs;
      return true;
    });
  }

  async raiseEpoch(holder: string, held: Epoch, to: Epoch): Promise<void> {
    return this.#call("raiseEpoch", () => {
      if (this.#lease.holder !== holder || this.#lease.epoch !== held || to <= held) return;
      this.#lease.epoch = to;
      this.onChange({ kind: "lease", epoch: to });
    });
  }

  async releaseLease(holder: string, held: Epoch): Promise<void> {
    return this.#call("releaseLease", () => {
      if (this.#lease.holder === holder && this.#lease.epoch === held) this.#lease.holder = "";
    });
  }

  async newestAck(): Promise<BatchNumber> {
    return this.#call("newestAck", () =>
      batchNumber([...this.acks.keys()].reduce((a, b) => (a > b ? a : b), 0n as BatchNumber)),
    );
  }

  async acksOf(
    batches: readonly BatchNumber[],
  ): Promise<ReadonlyMap<BatchNumber, readonly EntryId[]>> {
    return this.#call("acksOf", () => {
      const found = new Map<BatchNumber, readonly EntryId[]>();
      for (const batch of batches) {
        const ack = this.acks.get(batch);
        if (ack !== undefined) found.set(batch, ack.entries);
      }
      return found;
    });
  }

  async positionsOf(entries: readonly EntryId[]): Promise<ReadonlyMap<EntryId, At>> {
    return this.#call("positionsOf", () => {
      const found = entries.flatMap((id) => this.#find(id) ?? []);
      return new Map(found.map(({ id, at }) => [id, at]));
    });
  }

  async storedEntries(entries: readonly EntryId[]): Promise<readonly StoredEntry[]> {
    return this.#call("storedEntries", () => entries.flatMap((id) => this.#find(id) ?? []));
  }

  async sayReapplying(said: Epoch, after: BatchNumber | undefined): Promise<void> {
    return this.#call("sayReapplying", () => {
      if (this.reapplying !== undefined && this.reapplying.epoch > said) {
        throw new CallFailed({ kind: "fenced", code: "Epoch", message: "newer", cause: undefined });
      }
      this.reapplying = { epoch: said, after };
    });
  }

  async writeAcks(acks: readonly Ack[]): Promise<void> {
    return this.#call("writeAcks", () => {
      for (const ack of acks) {
        const there = this.acks.get(ack.batch);
        if (there === undefined) {
          this.acks.set(ack.batch, ack);
          this.purging.written(ack.batch);
          this.#tick();
          this.onChange({ kind: "acked", ...ack });
        } else if (!sameEntries(there.entries, ack.entries)) {
          const message = `batch ${ack.batch} has an ack that names other entries`;
          throw new CallFailed({ kind: "history_moved", code: "OtherAck", message, cause: ack });
        }
      }
    });
  }

  async settledHorizon(): Promise<At> {
    return this.#call("settledHorizon", () => this.#horizon);
  }

  async raiseSettledHorizon(horizon: At): Promise<void> {
    return this.#call("raiseSettledHorizon", () => {
      this.#horizon = later(this.#horizon, horizon);
    });
  }

  async countAfter(at: At, limit: number): Promise<{ entries: number; last: At }> {
    return this.#call("countAfter", () => {
      const behind = this.stored.map((stored) => stored.at).filter((each) => each > at);
      const counted = behind.sort((a, b) => (a < b ? -1 : 1)).slice(0, limit);
      return { entries: counted.length, last: counted.at(-1) ?? at };
    });
  }

  async oplog(): Promise<Oplog> {
    return this.#call("oplog", () => ({ first: this.oplogStart, last: this.time }));
  }

  async publishBacklog(backlog: Backlog): Promise<void> {
    return this.#call("publishBacklog", () => {
      this.backlog = backlog;
    });
  }

  async read(): Promise<Reading> {
    return this.#call("read", () => {
      const upTo = this.time;
      let next = this.#committed.findIndex(({ committedAt }) => committedAt >= upTo);
      if (next < 0) next = this.#committed.length;
      let closed = false;
      return {
        upTo,
        walk: (from) => this.#walk(from, upTo),
        next: async (): Promise<StreamEvent> => {
          for (;;) {
            await this.before("read");
            if (closed) throw broken("the reading was closed");
            if (this.#gone !== undefined) return { kind: "gone", what: this.#gone };
            const committed = this.#committed[next];
            if (committed !== undefined) {
              next += 1;
              const { stored, committedAt } = committed;
              const known = { ms: this.#clock.wall(), coarse: false };
              return { kind: "entry", entry: stored, committed: known, time: committedAt };
            }
            await new Promise<void>((resolve) => this.#wakers.push(resolve));
          }
        },
        close: async () => {
          closed = true;
          this.#wake();
        },
      };
    });
  }

  async close(): Promise<void> {}

  async *#walk(from: At, upTo: At): AsyncGenerator<WalkChunk> {
    let position = from - 1n;
    for (;;) {
      await this.before("read");
      const entries = this.#between(position, upTo)
        .sort((a, b) => (a.at < b.at ? -1 : 1))
        .slice(0, CHUNK);
      const last = entries.at(-1);
      const until = last?.at ?? upTo;
      position = until;
      const wanted = new Set(entries.map(({ id }) => id));
      const acked = new Set<EntryId>();
      for (const ack of this.acks.values()) {
        for (const id of ack.entries) if (wanted.has(id)) acked.add(id);
      }
      for (const id of wanted) if (this.parking.skips.has(id)) acked.add(id);
      const parked = wanted.intersection(this.parked);
      yield { entries, acked, parked, until, seenAt: this.time };
      if (last === undefined) return;
    }
  }

  #between(after: At | bigint, upTo: At): StoredEntry[] {
    const found: StoredEntry[] = [];
    for (const { stored, purgedAt } of this.#committed) {
      if (purgedAt === undefined && stored.at > after && stored.at <= upTo) found.push(stored);
    }
    return found;
  }

  async #call<T>(name: keyof OutboxPort, work: () => T): Promise<T> {
    await this.before(name);
    const result = work();
    await this.afterwards(name);
    return result;
  }

  /** Moves the logical clock by one, as every write does. */
  #tick(): At {
    this.#time = at(this.#follow() + 1n);
    return this.#time;
  }

  #follow(): At {
    if (this.#followsClock) {
      this.#time = later(this.#time, at(BigInt(Math.floor(this.#clock.wall() / 1_000)) << 32n));
    }
    return this.#time;
  }

  #find(id: EntryId): StoredEntry | undefined {
    const found = this.#byId.get(id);
    return found?.purgedAt === undefined ? found?.stored : undefined;
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}

function refill<K, V>(to: Map<K, V>, from: ReadonlyMap<K, V>): void;
function refill<K>(to: Set<K>, from: ReadonlySet<K>): void;
function refill(to: Map<unknown, unknown> | Set<unknown>, from: Iterable<unknown>): void {
  to.clear();
  if (to instanceof Set) for (const each of from) to.add(each);
  else for (const [key, value] of from as Iterable<[unknown, unknown]>) to.set(key, value);
}

/** A failure that a new start heals. */
export function broken(message: string): CallFailed {
  return new CallFailed({ kind: "transient", code: "Broken", message, cause: undefined });
}
