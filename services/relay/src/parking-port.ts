import type { EntryId } from "@outgraph/events";
import type { At } from "./at.ts";
import type { BatchNumber, Epoch } from "./lane.ts";
import type { StoredEntry } from "./pending-entry.ts";

/**
 * The outbox, for parking. Every call that fails throws `CallFailed`. A call with an epoch happens as
 * a whole, and only while the lease is under that epoch: else it throws `fenced`, and changes
 * nothing. A repeat is harmless.
 */
export interface ParkingPort {
  /** Sets entries aside, or says anew why they are; resolves when a majority has it. */
  setAside(epoch: Epoch, entries: readonly Aside[]): Promise<void>;

  /** Records, as an ack of its own, that a person had an entry skipped. The first one stays. */
  skip(epoch: Epoch, skipped: Skipped): Promise<void>;

  /** Forgets that these were set aside. For those whose ack or skip is confirmed. */
  forget(epoch: Epoch, entries: readonly EntryId[]): Promise<void>;

  /**
   * The next of what is set aside after `after`, from the beginning without it, in the order of
   * history, with the entries themselves, some 8 MiB of them; none when there are no more. No older
   * than anything this outbox wrote or read before.
   *
   * @param newest batches that may have applied some of them.
   */
  asideAfter(
    after: Place | undefined,
    newest: readonly BatchNumber[],
  ): Promise<readonly AsideEntry[]>;

  /** As `asideAfter`, without the entries, and at most so many. */
  listAside(after: Place | undefined, entriesMax: number): Promise<readonly ListedAside[]>;

  /** How many entries are set aside. */
  countAside(): Promise<AsideCount>;

  /** That somebody told the relay to pause, and nobody told it to go on. */
  pause(): Promise<Pause | undefined>;

  /** Says that the relay is to pause; undefined says that it is to go on. */
  setPause(epoch: Epoch, pause: Pause | undefined): Promise<void>;

  /** Who holds the lease; empty when nobody does. */
  leaseHolder(): Promise<string>;
}

/** A place in the order of history. */
export interface Place {
  readonly at: At;
  readonly id: EntryId;
}

/** An entry that is not applied for now: it cannot be (`parked`), or waits behind such (`blocked`). */
export interface Aside extends Place {
  readonly kind: "parked" | "blocked";
  /** Why it cannot be applied. */
  readonly error?: string;
  /** The statement that failed. */
  readonly cypher?: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** Since when, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** For a blocked entry: those set aside that it conflicts with, some of them where there are many. */
  readonly behind: readonly EntryId[];
}

/** What is set aside, with its entry. */
export interface AsideEntry {
  readonly aside: Aside;
  /** Undefined when the outbox does not have it. */
  readonly stored: StoredEntry | undefined;
  /** Whether a skip, or an ack of the newest batches, names it: that wins. */
  readonly decided: boolean;
}

/** What is set aside, for people. */
export interface ListedAside extends Aside {
  /** Who wrote the entry. */
  readonly source: string;
}

export interface AsideCount {
  readonly parked: number;
  readonly blocked: number;
}

/** A decision never to apply an entry. */
export interface Skipped extends Place {
  readonly reason: string;
  readonly by: string;
  /** In milliseconds since 1970. */
  readonly skippedMs: number;
}

/** An order to pause. */
export interface Pause {
  readonly by: string;
  /** Since when, in milliseconds since 1970. */
  readonly sinceMs: number;
}
