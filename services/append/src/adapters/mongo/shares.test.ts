import fc from "fast-check";
import { expect, test } from "vitest";
import { sharesOf, type UpdateShare } from "./shares.ts";

const NOTHING = { matched: 0, modified: 0 };

test.each([
  ["all matched and changed", 3, { matched: 3, modified: 3, upserted: {} }],
  ["all matched, none changed", 3, { matched: 3, modified: 0, upserted: {} }],
  ["none matched", 3, { matched: 0, modified: 0, upserted: {} }],
  ["some inserted, the rest matched", 3, { matched: 2, modified: 2, upserted: { 1: "x" } }],
  ["all inserted", 2, { matched: 0, modified: 0, upserted: { 0: "x", 1: "y" } }],
])("sums that leave no doubt are shared out: %s", (_, count, sums) => {
  const shares = sharesOf(count, sums) as UpdateShare[];

  expect(shares).toHaveLength(count);
  expect(shares.reduce((sum, { matched }) => sum + matched, 0)).toBe(sums.matched);
  expect(shares.reduce((sum, { modified }) => sum + modified, 0)).toBe(sums.modified);
});

test.each([
  ["one of two matched", 2, { matched: 1, modified: 1, upserted: {} }],
  ["two matched, one changed", 2, { matched: 2, modified: 1, upserted: {} }],
  ["one inserted, one of two matched", 3, { matched: 1, modified: 1, upserted: { 0: "x" } }],
])("sums that leave a doubt are not: %s", (_, count, sums) => {
  expect(sharesOf(count, sums)).toBeUndefined();
});

test("what is shared out is what was done", () => {
  const done = fc.constantFrom<UpdateShare>(
    NOTHING,
    { matched: 1, modified: 0 },
    { matched: 1, modified: 1 },
    { ...NOTHING, upsertedId: "new" },
  );
  fc.assert(
    fc.property(fc.array(done, { minLength: 1, maxLength: 6 }), (all) => {
      const upserted = Object.fromEntries(
        all.flatMap(({ upsertedId }, i) => (upsertedId === undefined ? [] : [[i, upsertedId]])),
      );
      const sum = (of: "matched" | "modified"): number => all.reduce((s, each) => s + each[of], 0);

      const shares = sharesOf(all.length, {
        matched: sum("matched"),
        modified: sum("modified"),
        upserted,
      });

      if (shares !== undefined) expect(shares).toEqual(all);
    }),
  );
});
