import { edge, node, type PropertyValue } from "@outgraph/events";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Names } from "./names.ts";

const name = fc.constantFrom("a", "b", "ab", "A", "A2");
const value = fc.oneof(
  fc.constantFrom<PropertyValue>(1n, 11n, -1n, true, false, "", "1", "t;", "1;s1:1", "s1:1i1;"),
  fc.string(),
);
const parts = fc.tuple(name, fc.dictionary(name, value, { minKeys: 1, maxKeys: 3 }));

test("two node names are one object exactly when label, key names and typed values are the same", () => {
  fc.assert(
    fc.property(parts, parts, ([label, key], [otherLabel, otherKey]) => {
      const names = new Names();
      const isSame = spelled(label, key) === spelled(otherLabel, otherKey);

      const one = names.node(node(label, key));
      const other = names.node(node(otherLabel, otherKey));

      expect(one === other).toBe(isSame);
      expect(one.text === other.text).toBe(isSame);
      expect(one).toBe(names.node(node(label, Object.fromEntries(Object.entries(key).reverse()))));
    }),
  );
});

test("a key of the integer 1 is not one of the text 1", () => {
  const names = new Names();

  expect(names.node(node("A", { id: 1n }))).not.toBe(names.node(node("A", { id: "1" })));
});

test("edge keys differ by shape and by value", () => {
  const names = new Names();
  const a = node("A", { id: 1n });
  const texts = [{}, { k: 1n }, { k: 2n }, { l: 1n }, { k: 1n, l: 1n }].map(
    (key) => names.edge(edge("T", a, a, key)).keyText,
  );

  expect(new Set(texts).size).toBe(texts.length);
});

/** Written out by other means. */
function spelled(label: string, key: Record<string, PropertyValue>): string {
  const entries = Object.entries(key).map(([each, given]) => [each, typeof given, `${given}`]);
  return JSON.stringify([label, entries.sort()]);
}
