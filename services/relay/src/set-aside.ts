import type { EntryId } from "@outgraph/events";
import { LabelCompany, type Touches, TouchIndex } from "@outgraph/graph-plan";
import type { Aside, AsideCount } from "./parking-port.ts";
import type { PendingEntry } from "./pending-entry.ts";

/**
 * Most things that entries set aside may touch, all together; some 200 bytes each. What is beyond is
 * in the outbox alone.
 */
export const TOUCHED_MAX = 500_000;

/** An entry that is set aside, without its body. */
export interface Member {
  readonly aside: Aside;
  readonly touched: Touches;
  /** Its encoded size. */
  readonly bytes: number;
  readonly rows: number;
}

/**
 * The entries that are set aside, as far as they are in memory, and which others conflict with them.
 *
 * Some of them may be released: nothing holds them back any more, and they are to be tried, in the
 * order of history and before anything that comes later. Nothing conflicts with a released one.
 */
export class SetAside {
  readonly company: LabelCompany = new LabelCompany();
  readonly #touchedMax: number;
  readonly #members = new Map<EntryId, Member>();
  #index: TouchIndex<EntryId>;
  #released: Member[] = [];
  readonly #isReleased = new Set<EntryId>();
  #touched = 0;
  #full = false;

  constructor(touchedMax: number = TOUCHED_MAX) {
    this.#touchedMax = touchedMax;
    this.#index = new TouchIndex(this.company);
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  /** Whether some are in the outbox alone: nobody can say then what conflicts with them. */
  get isFull(): boolean {
    return this.#full;
  }

  /** How many are in memory. */
  get count(): AsideCount {
    let parked = 0;
    for (const { aside } of this.#members.values()) if (aside.kind === "parked") parked += 1;
    return { parked, blocked: this.#members.size - parked };
  }

  /** How many are released. */
  get released(): number {
    return this.#released.length;
  }

  get(id: EntryId): Member | undefined {
    return this.#members.get(id);
  }

  /** Those that conflict with what is touched and that are not released. Empty when there are none. */
  conflicting(touched: Touches): Set<EntryId> {
    return this.#index.conflicting(touched);
  }

  /**
   * Takes an entry up, or says anew why it is here; it is not released any more. When full it does no
   * more than conflict, until `settle`.
   */
  put(member: Member): void {
    const { aside, touched } = member;
    this.company.learnFrom(touched);
    this.#index.add(touched, aside.id);
    this.#isReleased.delete(aside.id);
    if (!this.#members.has(aside.id)) {
      this.#full ||= this.#touched + touched.length > this.#touchedMax;
      if (this.#full) return;
      this.#touched += touched.length;
    }
    this.#members.set(aside.id, member);
  }

  /** Takes entries out. Others may be free now: see `settle`. */
  remove(ids: readonly EntryId[]): void {
    for (const id of ids) {
      this.#touched -= this.#members.get(id)?.touched.length ?? 0;
      this.#members.delete(id);
      this.#isReleased.delete(id);
    }
  }

  /** Empties it. */
  clear(): void {
    this.#members.clear();
    this.#isReleased.clear();
    this.#touched = 0;
    this.#full = false;
    this.settle();
  }

  /**
   * Finds, in the order of history, the blocked entries that no earlier one holds back any more, and
   * releases them. Costs as much as all that is touched.
   *
   * @param all release every entry, parked ones too: those that fail again hold the others back then.
   * @returns how many were released by this.
   */
  settle(all = false): number {
    const before = this.#isReleased.size;
    const inOrder = [...this.#members.values()].sort((a, b) => byPlace(a.aside, b.aside));
    this.#index = new TouchIndex(this.company);
    this.#released = [];
    for (const member of inOrder) {
      const { aside, touched } = member;
      const stays =
        !all &&
        !this.#isReleased.has(aside.id) &&
        (aside.kind === "parked" || this.#index.conflicting(touched).size > 0);
      if (stays) {
        this.#index.add(touched, aside.id);
      } else {
        this.#isReleased.add(aside.id);
        this.#released.push(member);
      }
    }
    return this.#isReleased.size - before;
  }

  /** Takes the first released ones off their queue, up to a batch: for `remove` or `put` to follow. */
  take(rowsMax: number, bytesMax: number): Member[] {
    const taken: Member[] = [];
    let rows = 0;
    let bytes = 0;
    for (const member of this.#released) {
      rows += member.rows;
      bytes += member.bytes;
      if (taken.length > 0 && (rows > rowsMax || bytes > bytesMax)) break;
      taken.push(member);
    }
    this.#released = this.#released.slice(taken.length);
    return taken;
  }
}

/** What is kept of an entry that is set aside. */
export function memberOf(aside: Aside, { bytes, rows }: PendingEntry, touched: Touches): Member {
  return { aside, touched, bytes, rows };
}

/** The order of history. */
function byPlace(a: Aside, b: Aside): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
