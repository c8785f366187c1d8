import type { NodeRef, PropertyValue } from "@outgraph/events";
import fc from "fast-check";

export const PROPERTIES: readonly string[] = ["x", "y", "z"];

/** What is written to properties. */
export interface Change {
  readonly set: Record<string, PropertyValue>;
  readonly unset: string[];
  readonly replace: boolean;
}

export const value: fc.Arbitrary<PropertyValue> = fc.constantFrom<PropertyValue>(
  ...[1n, 2n, 0.1, -0, Number.NaN, 2n ** 63n - 1n, "text", true, null],
  ...[[], [1n], ["a"], [0.5]],
);

export const changes: fc.Arbitrary<Change> = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...PROPERTIES), value, { maxKeys: 2 }),
    fc.subarray([...PROPERTIES]),
    fc.constantFrom("set", "set", "unset", "replace"),
  )
  .map(([set, names, how]) => ({
    set,
    unset: how === "unset" ? names.filter((name) => !(name in set)) : [],
    replace: how === "replace",
  }));

/** The change without what the contract refuses: a key cannot be changed. */
export function withoutKey(change: Change, { key }: Pick<NodeRef, "key">): Change {
  return {
    ...change,
    set: Object.fromEntries(Object.entries(change.set).filter(([name]) => !(name in key))),
    unset: change.unset.filter((name) => !(name in key)),
  };
}
