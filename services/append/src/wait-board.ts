import { setTimeout as delay } from "node:timers/promises";
import type { EntryId } from "@outgraph/events";
import type { CallLimit, EntryStates, KnownProgress, StateListener } from "./ports.ts";
import type { Refusal } from "./refusal.ts";
import { SharedReads } from "./shared-reads.ts";

/** What a wait ends with: for every id what is known of it, by its own time or by its decision. */
export type Waited = ReadonlyMap<EntryId, KnownProgress>;

/** What the board tells. */
export interface WaitBoardEvents {
  readonly opened: () => void;
  readonly lost: (error: unknown) => void;
  readonly open: (waits: number) => void;
}

interface Wait {
  readonly known: Map<EntryId, KnownProgress>;
  readonly undecided: Set<EntryId>;
  readonly settle: (refusal?: Refusal) => void;
}

/**
 * Calls that wait for entries, all fed by one stream of the relay's decisions.
 *
 * A wait is written on the board first; then the stream is seen to be open; then the states are
 * read. So whatever is decided at any moment is either read or told, and nothing falls between.
 */
export class WaitBoard {
  readonly #states: EntryStates;
  readonly #reads: SharedReads;
  readonly #waitsMax: number;
  readonly #events: WaitBoardEvents;
  readonly #waits = new Set<Wait>();
  readonly #byEntry = new Map<EntryId, Set<Wait>>();
  readonly #stopped = new AbortController();
  #watching: Promise<void> | undefined;
  #streaming = false;
  #opened: PromiseWithResolvers<void> = Promise.withResolvers();

  /** @param waitsMax the most calls at a time; more are refused. */
  constructor(states: EntryStates, waitsMax: number, events: WaitBoardEvents) {
    this.#states = states;
    this.#reads = new SharedReads(states);
    this.#waitsMax = waitsMax;
    this.#events = events;
  }

  /** How many calls wait. */
  get open(): number {
    return this.#waits.size;
  }

  /**
   * Waits until every entry is decided, or the time is up, whichever is first. When the caller goes
   * away, nothing of the wait is left.
   *
   * @throws what the store threw, when the states could not be read at all.
   */
  async wait(ids: readonly EntryId[], limit: CallLimit): Promise<Waited | Refusal> {
    if (this.#stopped.signal.aborted) return STOPPING;
    if (this.#waits.size >= this.#waitsMax) return { kind: "waits_full", max: this.#waitsMax };
    const done = Promise.withResolvers<Refusal | undefined>();
    const wait: Wait = {
      known: new Map(),
      undecided: new Set(ids),
      settle: (refusal) => done.resolve(refusal),
    };
    const cancelled = (): void => done.resolve({ kind: "cancelled" });
    const timer = setTimeout(() => done.resolve(undefined), limit.timeoutMs);
    limit.signal.addEventListener("abort", cancelled, { once: true });
    if (limit.signal.aborted) cancelled();
    this.#add(wait);
    try {
      // A state that cannot be read ends the wait; the stream alone may never tell of it.
      const read = this.#read(wait).then(() => done.promise);
      const refusal = await Promise.race([read, done.promise]);
      read.catch(() => undefined);
      if (refusal !== undefined) return refusal;
      // The time was up before the states could be read.
      if (wait.known.size < new Set(ids).size) return UNREAD;
      return wait.known;
    } finally {
      clearTimeout(timer);
      limit.signal.removeEventListener("abort", cancelled);
      this.#remove(wait);
    }
  }

  /** Ends every wait with UNAVAILABLE, and the stream. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const wait of this.#waits) wait.settle(STOPPING);
    await this.#watching;
  }

  async #read(wait: Wait): Promise<void> {
    this.#watch();
    await this.#opened.promise;
    await this.#ask([...wait.undecided], [wait]);
  }

  /** Reads the states of some entries, for these waits or for all that are on the board. */
  async #ask(ids: readonly EntryId[], waits?: readonly Wait[]): Promise<void> {
    const progress = await this.#reads.progress(ids);
    for (const id of ids) {
      const known = progress.get(id);
      if (known === undefined) continue;
      for (const wait of waits ?? this.#byEntry.get(id) ?? []) this.#learn(wait, id, known);
    }
  }

  /** Asks for those of the entries that somebody waits for, until an answer comes. */
  async #askAgain(ids: readonly EntryId[]): Promise<void> {
    const { signal } = this.#stopped;
    for (;;) {
      const asked = ids.filter((id) => this.#byEntry.has(id));
      if (asked.length === 0 || signal.aborted) return;
      try {
        return await this.#ask(asked);
      } catch (error) {
        this.#events.lost(error);
        await delay(ASK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #learn(wait: Wait, id: EntryId, progress: KnownProgress): void {
    if (!wait.undecided.has(id)) return; // an older reading must not undo a decision
    wait.known.set(id, progress);
    if (!decided(progress)) return;
    wait.undecided.delete(id);
    if (wait.undecided.size === 0) wait.settle();
  }

  #add(wait: Wait): void {
    this.#waits.add(wait);
    for (const id of wait.undecided) {
      const waits = this.#byEntry.get(id) ?? new Set();
      this.#byEntry.set(id, waits.add(wait));
    }
    this.#events.open(this.#waits.size);
  }

  #remove(wait: Wait): void {
    this.#waits.delete(wait);
    for (const id of new Set([...wait.undecided, ...wait.known.keys()])) {
      const waits = this.#byEntry.get(id);
      waits?.delete(wait);
      if (waits?.size === 0) this.#byEntry.delete(id);
    }
    this.#events.open(this.#waits.size);
  }

  /** Opens the stream, once, when the first call waits. */
  #watch(): void {
    if (this.#watching !== undefined) return;
    let before = false;
    const listener: StateListener = {
      opened: () => {
        this.#streaming = true;
        this.#opened.resolve();
        this.#events.opened();
        // What was decided while there was no stream was told to nobody.
        if (before) void this.#askAgain([...this.#byEntry.keys()]);
        before = true;
      },
      lost: (error) => {
        if (this.#streaming) this.#opened = Promise.withResolvers();
        this.#streaming = false;
        this.#events.lost(error);
      },
      decided: (ids, progress) => {
        for (const id of ids) {
          for (const wait of this.#byEntry.get(id) ?? []) this.#learn(wait, id, progress);
        }
      },
      recheck: (ids) => void this.#askAgain(ids),
      recheckAll: () => void this.#askAgain([...this.#byEntry.keys()]),
    };
    this.#watching = this.#states.watch(listener, this.#stopped.signal);
  }
}

/** The pause before states that could not be read are asked for again, in milliseconds. */
const ASK_AGAIN_MS = 500;

const STOPPING: Refusal = { kind: "unavailable", message: "the service is stopping" };
const UNREAD: Refusal = {
  kind: "unavailable",
  message: "MongoDB is away: how far the entries have come could not be read",
};

/** Whether a wait for it is over. */
function decided({ state }: KnownProgress): boolean {
  switch (state) {
    case "applied":
    case "skipped":
    case "parked":
    case "blocked":
    case "not_found":
      return true;
    case "pending":
    case "unseen":
      return false;
  }
}
