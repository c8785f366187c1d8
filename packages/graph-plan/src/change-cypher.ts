import { listText, sized } from "./key.ts";
import type { ListKind, NetChange } from "./property-changes.ts";
import { quoted, quotedText } from "./quote.ts";
import { type Cypher, refusal } from "./refusal.ts";

/** What the Cypher of a change depends on: the names of accumulated properties, not of set ones. */
export interface ChangeShape {
  readonly write: "nothing" | "set" | "replace";
  /** Sorted. */
  readonly add: readonly string[];
  /** Sorted by name. */
  readonly append: readonly (readonly [name: string, kind: ListKind])[];
}

export function changeShape(change: NetChange): ChangeShape {
  return {
    write: change.replace ? "replace" : change.set.size > 0 ? "set" : "nothing",
    add: [...change.add.keys()].sort(),
    append: [...change.append]
      .map(([name, { kind }]) => [name, kind] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** The shape as one text; other shapes have other texts. */
export function changeShapeText(change: NetChange): string {
  const write = change.replace ? "=" : change.set.size > 0 ? "+" : "-";
  if (change.add.size + change.append.size === 0) return write;
  const { add, append } = changeShape(change);
  return write + listText(add) + listText(append.map(([name, kind]) => sized(name) + kind));
}

/**
 * Sets the properties of `variable`, whose key properties are `keys`.
 *
 * One map, so that the text does not depend on the names in it. A clause for each property, and
 * `ON CREATE SET … ON MATCH SET …`, cost Neo4j 5.26 the same (32 to 34 µs of CPU a new node).
 *
 * To replace is to remove what is not set, and not `SET n = row.set`, which writes the key again:
 * where an indexed property was set to the value that it had, and the node then deleted and made
 * again, Neo4j 2026.01 finds the deleted node in the rest of the transaction (5.26 does not).
 */
export function writes(
  variable: string,
  { write }: ChangeShape,
  keys: readonly string[] = [],
): string {
  const set = `SET ${variable} += row.set`;
  switch (write) {
    case "nothing":
      return "";
    case "set":
      return set;
    case "replace": {
      const isKept = `name IN [${keys.map(quotedText).join(", ")}] OR row.set[name] IS NOT NULL`;
      const others = `[name IN keys(${variable}) WHERE NOT (${isKept})]`;
      return `FOREACH (name IN ${others} | REMOVE ${variable}[name])\n${set}`;
    }
  }
}

/**
 * Adds and appends, each property by a clause of its own. The type is asked for first, since Cypher
 * takes `[1] + 2` and `"a" + 1` for good sums, and turns integers into floats beside floats in a list.
 */
export function accumulations(
  variable: string,
  shape: ChangeShape,
  whose: readonly (string | Cypher)[],
): string {
  const added = shape.add.map((name) => {
    const property = `${variable}.${quoted(name)}`;
    const refused = refusal([`cannot add to ${name} of `, ...whose, ": it is no number"]);
    return `SET ${property} = CASE
  WHEN ${property} IS :: INTEGER | FLOAT
  THEN reduce(sum = coalesce(${property}, 0), number IN row.add.${quoted(name)} | sum + number)
  ELSE ${refused}
END`;
  });
  const appended = shape.append.map(([name, kind]) => {
    const property = `${variable}.${quoted(name)}`;
    const { type, words } = LISTS[kind];
    const refused = refusal([`cannot append to ${name} of `, ...whose, `: it is no ${words}`]);
    return `SET ${property} = CASE
  WHEN ${property} IS :: LIST<${type}>
  THEN coalesce(${property}, []) + row.append.${quoted(name)}
  ELSE ${refused}
END`;
  });
  return [...added, ...appended].join("\n");
}

/** The Cypher type that a list's items must have, and the list in words. A missing property has every type. */
const LISTS: Readonly<Record<ListKind, { readonly type: string; readonly words: string }>> = {
  bools: { type: "BOOLEAN NOT NULL", words: "list of booleans" },
  int64s: { type: "INTEGER NOT NULL", words: "list of integers" },
  doubles: { type: "FLOAT NOT NULL", words: "list of floats" },
  strings: { type: "STRING NOT NULL", words: "list of strings" },
  dates: { type: "DATE NOT NULL", words: "list of dates" },
  localTimes: { type: "LOCAL TIME NOT NULL", words: "list of local times" },
  times: { type: "ZONED TIME NOT NULL", words: "list of zoned times" },
  localDateTimes: { type: "LOCAL DATETIME NOT NULL", words: "list of local datetimes" },
  dateTimes: { type: "ZONED DATETIME NOT NULL", words: "list of zoned datetimes" },
  durations: { type: "DURATION NOT NULL", words: "list of durations" },
  points: { type: "POINT NOT NULL", words: "list of points" },
  empty: { type: "ANY", words: "list" },
};
