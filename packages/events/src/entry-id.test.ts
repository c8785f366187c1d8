import fc from "fast-check";
import { expect, test } from "vitest";
import {
  entryId,
  entryIdBytes,
  entryIdFor,
  entryIdFromBytes,
  entryIdTime,
  isEntryId,
  newEntryId,
} from "./entry-id.ts";

test("ids made one after the other sort in that order, also within a millisecond and when the clock steps back", () => {
  const ids = [];
  const start = Date.now() + 1_000_000;
  for (let i = 0; i < 10_000; i++) ids.push(newEntryId(start - (i % 7)));

  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids.every(isEntryId)).toBe(true);
});

test("an id from a time and a text is the same again, carries the time, and differs by text", () => {
  const day = fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(day, fc.string(), fc.string(), (time, text, other) => {
      const id = entryIdFor(time, text);
      expect(isEntryId(id)).toBe(true);
      expect(entryIdFor(time, text)).toBe(id);
      expect(entryIdTime(id)).toBe(time.getTime());
      expect(entryIdFor(time, other) === id).toBe(text === other);
    }),
  );
});

test("the id of a time and a text is what every language makes of them", () => {
  expect(entryIdFor(new Date("2026-01-02T03:04:05.678Z"), "job-42")).toMatchInlineSnapshot(
    `"019b7ca9-8f2e-7359-ae12-ca11e5d62816"`,
  );
});

test("an id and its 16 bytes are two forms of one thing", () => {
  const id = newEntryId();

  expect(entryIdBytes(id)).toHaveLength(16);
  expect(entryIdFromBytes(entryIdBytes(id))).toBe(id);
});

test("a text or time that makes no id is refused", () => {
  expect(() => entryId("6F1C2E0A-7F6B-7C0E-9D7E-000000000000")).toThrow(RangeError);
  expect(() => entryIdFor(new Date(-1), "x")).toThrow(RangeError);
  expect(() => entryIdFor(new Date(Number.NaN), "x")).toThrow(RangeError);
});
