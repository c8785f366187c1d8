/** What a CEL rule says of its `this`, as a function. */
export type Predicate = (self: never) => boolean;

interface Keyed {
  readonly key: Map;
}
interface Changes {
  readonly set: Map;
  readonly unset: readonly string[];
  readonly replace: boolean;
}
interface Labels {
  readonly addLabels: readonly string[];
  readonly removeLabels: readonly string[];
}
interface Amounts {
  readonly add: Map;
  readonly append: Map;
  readonly target:
    | { readonly case: "node" | "edge"; readonly value: Keyed }
    | { readonly case: undefined };
}
interface Point {
  readonly srid: number;
  readonly x: number;
  readonly y: number;
  readonly z?: number;
}
interface Value {
  readonly kind: { readonly case: string | undefined; readonly value?: unknown };
}
type Map = Readonly<Record<string, unknown>>;

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * The CEL rules of the schema, word for word, and the same in TypeScript. A rule that is not here is
 * left to protovalidate; a test holds each to what protovalidate says.
 */
export const QUICK_CEL: ReadonlyMap<string, Predicate> = new Map<string, Predicate>([
  ["!this.startsWith('Outgraph')", (name: string) => !name.startsWith("Outgraph")],
  [
    "this.matches('^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')",
    (id: string) => UUID_V7.test(id),
  ],
  [
    "(has(this.string_value) && size(bytes(this.string_value)) <= 2048) || has(this.int64_value) || has(this.bool_value) || has(this.date_value) || has(this.local_date_time_value)",
    ({ kind }: Value) =>
      KEY_KINDS.has(kind.case) ||
      (kind.case === "stringValue" && Buffer.byteLength(kind.value as string) <= 2_048),
  ],
  ["!has(this.null_value)", ({ kind }: Value) => kind.case !== "nullValue"],
  [
    "has(this.int64_value) || has(this.double_value)",
    ({ kind }: Value) => kind.case === "int64Value" || kind.case === "doubleValue",
  ],
  ["has(this.list_value)", ({ kind }: Value) => kind.case === "listValue"],
  [
    "this.set.all(name, !(name in this.node.key))",
    (self: Changes & { node?: Keyed }) => apart(Object.keys(self.set), self.node?.key),
  ],
  [
    "this.unset.all(name, !(name in this.node.key))",
    (self: Changes & { node?: Keyed }) => apart(self.unset, self.node?.key),
  ],
  [
    "this.set.all(name, !(name in this.edge.key))",
    (self: Changes & { edge?: Keyed }) => apart(Object.keys(self.set), self.edge?.key),
  ],
  [
    "this.unset.all(name, !(name in this.edge.key))",
    (self: Changes & { edge?: Keyed }) => apart(self.unset, self.edge?.key),
  ],
  [
    "this.set.all(name, !(name in this.key))",
    (self: Changes & Keyed) => apart(Object.keys(self.set), self.key),
  ],
  [
    "this.unset.all(name, !(name in this.key))",
    (self: Changes & Keyed) => apart(self.unset, self.key),
  ],
  ["this.unset.all(name, !(name in this.set))", (self: Changes) => apart(self.unset, self.set)],
  [
    "!this.replace || this.unset.size() == 0",
    (self: Changes) => !self.replace || self.unset.length === 0,
  ],
  [
    "this.remove_labels.all(label, !(label in this.add_labels))",
    (self: Labels) => self.removeLabels.every((label) => !self.addLabels.includes(label)),
  ],
  [
    "!(this.node.label in this.remove_labels)",
    (self: Labels & { node?: { readonly label: string } }) =>
      self.node !== undefined && !self.removeLabels.includes(self.node.label),
  ],
  [
    "this.add.size() + this.append.size() > 0",
    (self: Amounts) => Object.keys(self.add).length + Object.keys(self.append).length > 0,
  ],
  [
    "this.add.all(name, !(name in this.append))",
    (self: Amounts) => apart(Object.keys(self.add), self.append),
  ],
  [
    "(!has(this.node) || (this.add.all(name, !(name in this.node.key)) && this.append.all(name, !(name in this.node.key)))) && (!has(this.edge) || (this.add.all(name, !(name in this.edge.key)) && this.append.all(name, !(name in this.edge.key))))",
    ({ add, append, target }: Amounts) =>
      target.case !== undefined &&
      apart(Object.keys(add), target.value.key) &&
      apart(Object.keys(append), target.value.key),
  ],
  [
    "has(this.z) == (this.srid == 4979u || this.srid == 9157u)",
    ({ srid, z }: Point) => (z !== undefined) === (srid === 4_979 || srid === 9_157),
  ],
  [
    "(this.srid != 4326u && this.srid != 4979u) || (this.x >= -180.0 && this.x <= 180.0 && this.y >= -90.0 && this.y <= 90.0)",
    ({ srid, x, y }: Point) =>
      (srid !== 4_326 && srid !== 4_979) || (Math.abs(x) <= 180 && Math.abs(y) <= 90),
  ],
  [
    "this.values.all(p, p.srid == this.values[0].srid)",
    ({ values }: { readonly values: readonly Point[] }) =>
      values.every(({ srid }) => srid === values[0]?.srid),
  ],
]);

const KEY_KINDS: ReadonlySet<string | undefined> = new Set([
  "int64Value",
  "boolValue",
  "dateValue",
  "localDateTimeValue",
]);

/** Whether none of the names is a key of the map. */
function apart(names: readonly string[], map: Map | undefined): boolean {
  return map === undefined || names.every((name) => !Object.hasOwn(map, name));
}
