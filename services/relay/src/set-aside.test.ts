import { type EntryId, newEntryId } from "@outgraph/events";
import { beforeEach, expect, test } from "vitest";
import type { At } from "./at.ts";
import { type Member, SetAside } from "./set-aside.ts";

let time = 1n;
beforeEach(() => {
  time = 1n;
});

/** An entry that writes these things, later than those made before. */
const member = (kind: "parked" | "blocked", things: string): Member => ({
  aside: {
    id: newEntryId(),
    at: time++ as At,
    kind,
    attempts: 1,
    sinceMs: 0,
    behind: [],
  },
  touched: things.split(" ").map((thing) => `w${thing}`),
  bytes: 10,
  rows: 1,
});
const ids = (members: readonly Member[]): EntryId[] => members.map(({ aside }) => aside.id);

test("entries are released in the order of history, whatever the order they came in", () => {
  const aside = new SetAside();
  const parked = member("parked", "a");
  const [first, second, third] = ["a b", "b", "a"].map((things) => member("blocked", things)) as [
    Member,
    Member,
    Member,
  ];
  for (const each of [third, parked, second, first]) aside.put(each);
  expect(aside.settle()).toBe(0);

  aside.remove([parked.aside.id]);
  expect(aside.settle()).toBe(3);

  expect(ids(aside.take(2, 1_000))).toEqual(ids([first, second]));
  expect(ids(aside.take(2, 1_000))).toEqual(ids([third]));
  expect(aside.released).toBe(0);
});

test("a released entry that is put back holds back again what it conflicts with", () => {
  const aside = new SetAside();
  const parked = member("parked", "a");
  const [first, second] = ["a", "a"].map((things) => member("blocked", things)) as [Member, Member];
  for (const each of [parked, first, second]) aside.put(each);
  aside.remove([parked.aside.id]);
  aside.settle();
  expect(aside.conflicting(second.touched).size).toBe(0);

  aside.take(10, 1_000);
  aside.put({ ...first, aside: { ...first.aside, kind: "parked" } });

  expect([...aside.conflicting(second.touched)]).toEqual([first.aside.id]);
  expect(aside.settle()).toBe(0);
  expect(ids(aside.take(10, 1_000))).toEqual([second.aside.id]);
});

test("a batch of released entries keeps to its bounds, and has one entry at least", () => {
  const aside = new SetAside();
  const all = ["a", "b", "c", "d"].map((things) => member("blocked", things));
  for (const each of all) aside.put(each);
  aside.settle();

  expect(aside.take(0, 0)).toHaveLength(1);
  expect(aside.take(10, 25)).toHaveLength(2);
  expect(aside.take(10, 25)).toHaveLength(1);
});

test("when full it remembers no more, and conflicts all the same until it is settled", () => {
  const aside = new SetAside(3);
  const [first, second, third] = ["a b", "c", "d"].map((things) => member("parked", things)) as [
    Member,
    Member,
    Member,
  ];
  for (const each of [first, second]) aside.put(each);
  expect(aside.isFull).toBe(false);

  aside.put(third);
  expect(aside.isFull).toBe(true);
  expect(aside.get(third.aside.id)).toBeUndefined();
  expect([...aside.conflicting(third.touched)]).toEqual([third.aside.id]);
  aside.put({ ...first, aside: { ...first.aside, attempts: 2 } });
  expect(aside.get(first.aside.id)?.aside.attempts).toBe(2);

  aside.clear();
  expect(aside.isFull).toBe(false);
  expect(aside.isEmpty).toBe(true);
});
