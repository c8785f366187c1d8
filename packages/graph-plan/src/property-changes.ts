import type { Value } from "@outgraph/events";
import { BrokenContract, checkedProperty } from "./broken-contract.ts";

type Values = Readonly<Record<string, Value>>;

/** What one mutation does to the properties of a node or an edge. */
export interface PropertyChange {
  /** Every property that is neither set nor in the key goes. */
  readonly replace: boolean;
  /** A null removes. */
  readonly set: Values;
  readonly unset: readonly string[];
  readonly add: Values;
  readonly append: Values;
}

/** Changes nothing. */
export const NO_CHANGE: PropertyChange = {
  replace: false,
  set: {},
  unset: [],
  add: {},
  append: {},
};

/**
 * What several mutations together do to the properties of a node or an edge: first `replace`, then
 * `set`, then `add` and `append`. A property is never both added and appended to.
 */
export interface NetChange {
  readonly replace: boolean;
  /** A null removes; there is none under `replace`, which removes by itself. */
  readonly set: ReadonlyMap<string, Value | null>;
  /** The numbers in the order they came in: sums of floats depend on it. */
  readonly add: ReadonlyMap<string, readonly Value[]>;
  readonly append: ReadonlyMap<string, Appended>;
}

/** The kind of a list; "empty" for one without items, which goes with every kind. */
export type ListKind =
  | "bools"
  | "int64s"
  | "doubles"
  | "strings"
  | "dates"
  | "localTimes"
  | "times"
  | "localDateTimes"
  | "dateTimes"
  | "durations"
  | "points"
  | "empty";

/** One list to append, made of those of several mutations. */
export interface Appended {
  readonly kind: ListKind;
  readonly list: Value;
}

/** Stands for every map without entries; never written to. */
const NONE: Map<string, never> = new Map<string, never>();

/** A net change that is still growing. */
export class GrowingChange implements NetChange {
  replace = false;
  // Most rows leave most of these empty, and there are thousands of rows: maps are made when needed.
  set: Map<string, Value | null> = NONE;
  add: Map<string, Value[]> = NONE;
  append: Map<string, GrowingList> = NONE;

  /** Whether it can fail in the graph: on a property of another type. */
  get canFail(): boolean {
    return this.add.size + this.append.size > 0;
  }

  /**
   * Whether the change can be taken up with the same result as one after the other, the same
   * failure included: what was accumulated is never forgotten, since it may have to fail.
   */
  takes(change: PropertyChange): boolean {
    if (this.canFail) {
      if (change.replace) return false;
      for (const name in change.set) if (this.#accumulates(name)) return false;
      for (const name of change.unset) if (this.#accumulates(name)) return false;
      for (const name in change.add) if (this.append.has(name)) return false;
      for (const name in change.append) {
        if (this.add.has(name)) return false;
        if (this.append.get(name)?.takes(listOf(name, change.append[name])) === false) return false;
      }
    }
    return true;
  }

  /** Takes the change up, which `takes` has allowed. @throws BrokenContract for what the contract refuses. */
  take(change: PropertyChange): void {
    if (change.replace) {
      this.replace = true;
      this.set = NONE;
    }
    for (const name in change.set) this.#set(name, settable(name, change.set[name]));
    for (const name of change.unset) this.#set(name, null);
    for (const name in change.add) {
      const number = numberOf(name, change.add[name]);
      if (this.add === NONE) this.add = new Map();
      const numbers = this.add.get(name);
      if (numbers === undefined) this.add.set(checkedProperty(name), [number]);
      else numbers.push(number);
    }
    for (const name in change.append) {
      const list = listOf(name, change.append[name]);
      if (this.append === NONE) this.append = new Map();
      const lists = this.append.get(name);
      if (lists === undefined) this.append.set(checkedProperty(name), new GrowingList(list));
      else lists.take(list);
    }
  }

  #accumulates(name: string): boolean {
    return this.add.has(name) || this.append.has(name);
  }

  #set(name: string, value: Value | null): void {
    if (this.set === NONE) this.set = new Map();
    if (value === null && this.replace) this.set.delete(name);
    else this.set.set(name, value);
  }
}

interface TypedList {
  readonly kind: ListKind;
  readonly value: Value;
  readonly items: readonly unknown[];
}

/** Several lists of one kind, one after the other. */
class GrowingList implements Appended {
  kind: ListKind;
  #first: TypedList;
  #items: unknown[] | undefined;

  constructor(first: TypedList) {
    this.kind = first.kind;
    this.#first = first;
  }

  takes(next: TypedList): boolean {
    return this.kind === next.kind || this.kind === "empty" || next.kind === "empty";
  }

  take(next: TypedList): void {
    if (next.kind === "empty") return;
    if (this.kind === "empty") {
      this.kind = next.kind;
      this.#first = next;
      return;
    }
    this.#items ??= [...this.#first.items];
    for (const item of next.items) this.#items.push(item);
  }

  get list(): Value {
    const { value } = this.#first;
    if (this.#items === undefined || value.kind.case !== "listValue") return value;
    const { items } = value.kind.value;
    // The items are of the first list's own kind, which a type with one case per kind cannot say.
    const joined = { case: items.case, value: { ...items.value, values: this.#items } };
    const list = { ...value.kind.value, items: joined };
    return { ...value, kind: { case: "listValue", value: list } } as Value;
  }
}

function settable(name: string, value: Value | undefined): Value | null {
  const kind = value?.kind.case;
  if (value === undefined || kind === undefined) throw new BrokenContract(`${name} has no value`);
  return kind === "nullValue" ? null : value;
}

function numberOf(name: string, value: Value | undefined): Value {
  const kind = value?.kind.case;
  if (value === undefined || (kind !== "int64Value" && kind !== "doubleValue")) {
    throw new BrokenContract(`only an int64 or a double can be added to ${name}`);
  }
  return value;
}

function listOf(name: string, value: Value | undefined): TypedList {
  if (value?.kind.case === "listValue") {
    const { items } = value.kind.value;
    if (items.case !== undefined) {
      const { values } = items.value;
      return { kind: values.length === 0 ? "empty" : items.case, value, items: values };
    }
  }
  throw new BrokenContract(`only a list can be appended to ${name}`);
}
