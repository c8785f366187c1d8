import type { EntryId, Receipt } from "@outgraph/events";
import type { EntryProgress, KnownProgress, StoredEntry } from "@outgraph/outbox";
import type { CheckedAppend } from "./check-append.ts";
import type { Refusal } from "./refusal.ts";

/** An append that is committed. */
export interface Committed {
  readonly receipt: Receipt;
  /** True when an earlier append with this id had committed, and nothing was written now. */
  readonly replayed: boolean;
}

/** How long a call may take. */
export interface CallLimit {
  /** Milliseconds, at least 1. */
  readonly timeoutMs: number;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
}

/** The documents and the outbox, as far as appends need them. */
export interface AppendStore {
  /**
   * Commits each append, its documents and its entry, or neither; each takes effect once for its id,
   * however often and by whomever it is repeated. One that is refused changes nothing for the
   * others. The results stand in the order of the appends.
   *
   * Who implements it owns retries, within the limit; it answers by then, be it `unavailable`.
   */
  commit(appends: readonly CheckedAppend[], limit: CallLimit): Promise<(Committed | Refusal)[]>;
}

/** What is known about one entry. */
export interface KnownEntry {
  readonly entry: StoredEntry;
  readonly progress: EntryProgress;
}

/** How far entries have come. */
export interface EntryStates {
  /** The entry, with how far it has come; undefined when there is none. @throws what the store threw. */
  find(id: EntryId): Promise<KnownEntry | undefined>;

  /**
   * How far each entry has come, as of a moment after the call; for every id. What is not stored is
   * `not_found` when it may have been purged, and `unseen` while it may yet come.
   *
   * @throws what the store threw.
   */
  progress(ids: readonly EntryId[]): Promise<ReadonlyMap<EntryId, KnownProgress>>;

  /**
   * Watches decisions until `signal` is aborted, over one stream, through every loss of it.
   *
   * What is decided after `opened` was called is told to `decided`, or asked for by `recheck`; a
   * `progress` asked for after that knows everything decided before. `opened` is called again after
   * every loss: what was decided meanwhile is not told.
   */
  watch(listener: StateListener, signal: AbortSignal): Promise<void>;
}

export type { KnownProgress };

/** Told what `EntryStates.watch` sees. */
export interface StateListener {
  opened(): void;
  lost(error: unknown): void;
  decided(ids: readonly EntryId[], progress: EntryProgress): void;
  /** Something about these entries has changed: ask. */
  recheck(ids: readonly EntryId[]): void;
  /** Something about every entry may have changed: the graph was put back, or caught up again. */
  recheckAll(): void;
}

/** How many entries wait for the relay. */
export interface Backlog {
  /** As the relay last said, a second ago or so; undefined when it never has. */
  entries(): number | undefined;
}
