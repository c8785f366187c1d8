/** A node or an edge, in a form in which the two sides can be compared. */
export interface Element {
  /** What it is found and sorted by: a node's key, or the keys of an edge's two ends. */
  readonly key: readonly string[];
  /** Name → value in writing, type included: `int 5`, `float 5`, `string "5"`. A node's labels too. */
  readonly properties: ReadonlyMap<string, string>;
}

/** Negative when `a` sorts before `b`, as MongoDB and Neo4j sort text: by code point. */
export function byKey(a: Element, b: Element): number {
  for (const [at, text] of a.key.entries()) {
    // UTF-8 bytes sort as code points do; JavaScript's own `<` goes by UTF-16 units.
    const order = Buffer.compare(Buffer.from(text), Buffer.from(b.key[at] ?? ""));
    if (order !== 0) return order;
  }
  return 0;
}

/** An element from whichever side. A property that is null is the same as one that is absent. */
export function element(key: readonly string[], labels: readonly string[], all: object): Element {
  const properties = new Map([["labels", labels.toSorted().join(", ")]]);
  for (const [name, value] of Object.entries(all)) {
    if (value != null) properties.set(name, inWriting(value));
  }
  return { key, properties };
}

/** MongoDB's Int32, Long and Double as well as Neo4j's bigint and number, integers and floats apart. */
export function inWriting(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inWriting).join(", ")}]`;
  if (typeof value === "object" && value !== null) return objectInWriting(value);
  if (typeof value === "bigint") return `int ${value}`;
  if (typeof value === "number") return `float ${value}`; // Neo4j's: those of MongoDB come as objects
  return `${typeof value} ${JSON.stringify(value)}`;
}

function objectInWriting(value: object): string {
  const type = "_bsontype" in value ? String(value._bsontype) : value.constructor.name;
  if (type === "Int32" || type === "Long") return `int ${value}`;
  if (type === "Double") return `float ${Number(value)}`;
  if (value instanceof Date) return `instant ${value.toISOString()}`;
  if ("toStandardDate" in value && "nanosecond" in value) {
    // A BSON date has milliseconds; whatever is finer must show as a difference.
    const finer = Number(value.nanosecond) % 1_000_000;
    const instant = (value.toStandardDate as () => Date)().toISOString();
    return `instant ${instant}${finer === 0 ? "" : ` + ${finer} ns`}`;
  }
  return `${type} ${JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}` : part))}`;
}
