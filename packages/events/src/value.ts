import { create } from "@bufbuild/protobuf";
import { NullValue } from "@bufbuild/protobuf/wkt";
import {
  type List,
  ListSchema,
  type Value,
  ValueSchema,
} from "./gen/outgraph/graph/v1/value_pb.ts";

/**
 * What can be given for a property. A `number` becomes a 64-bit float, always: 1 and 1.0 are the
 * same number in JavaScript, so an integer is said with a `bigint` or with `int(1)`. A `Date`
 * becomes an instant shown in UTC, a `Float32Array` a vector. Everything else that Neo4j stores
 * (dates, times, durations, points) is given as a ready `Value`.
 */
export type PropertyValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Date
  | Float32Array
  | readonly boolean[]
  | readonly bigint[]
  | readonly number[]
  | readonly string[]
  | readonly Date[]
  | Value;

/** Properties by name. */
export type Properties = Readonly<Record<string, PropertyValue>>;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** A value that no property can have. `path` says where it was found. */
export class ValueError extends Error {
  override readonly name = "ValueError";
  readonly path: string;
  readonly #problem: string;

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.path = path;
    this.#problem = problem;
  }

  /** The same, for whoever knows where the value that was looked at stands. */
  within(path: string): ValueError {
    return new ValueError(path + this.path, this.#problem);
  }
}

/** An integer, from a whole number. @throws RangeError when it is not a safe integer. */
export function int(value: number): bigint {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${value}`);
  return BigInt(value);
}

/**
 * The protobuf value of a JavaScript value.
 *
 * @param path named in the error when there is no such property value.
 * @throws ValueError for an undefined, an integer beyond 64 bits, a mixed list, an invalid date,
 *   or a type that Neo4j cannot store.
 */
export function toValue(value: PropertyValue, path = "value"): Value {
  return create(ValueSchema, { kind: kindOf(value, path) });
}

/** The protobuf values of properties. @throws ValueError as `toValue`, with the property's name in the path. */
export function toProperties(properties: Properties, path = "set"): { [name: string]: Value } {
  const values: { [name: string]: Value } = {};
  for (const name of Object.keys(properties)) {
    const value = propertyValue(properties, name, path);
    if (name !== "__proto__") values[name] = value;
    // A property of that name, and not another prototype. An assignment takes a fraction of the time.
    else Object.defineProperty(values, name, { value, ...PLAIN });
  }
  return values;
}

const PLAIN = { enumerable: true, configurable: true, writable: true } as const;

/** The value of a property; its path is only written down when it has none. */
function propertyValue(properties: Properties, name: string, path: string): Value {
  try {
    return toValue(properties[name] as PropertyValue, "");
  } catch (error) {
    if (error instanceof ValueError) throw error.within(`${path}[${JSON.stringify(name)}]`);
    throw error;
  }
}

function kindOf(value: PropertyValue, path: string): Value["kind"] {
  if (value === null) return { case: "nullValue", value: NullValue.NULL_VALUE };
  switch (typeof value) {
    case "boolean":
      return { case: "boolValue", value };
    case "bigint":
      return { case: "int64Value", value: checkedInt64(value, path) };
    case "number":
      return { case: "doubleValue", value };
    case "string":
      return { case: "stringValue", value: checkedText(value, path) };
    case "object":
      return objectKindOf(value, path);
    case "undefined":
      throw new ValueError(path, "undefined is no value; use null to remove a property");
    case "symbol":
    case "function":
      throw new ValueError(path, `a ${typeof value} cannot be stored as a property`);
  }
}

function objectKindOf(value: object, path: string): Value["kind"] {
  if (value instanceof Float32Array) {
    return {
      case: "float32VectorValue",
      value: { $typeName: "outgraph.graph.v1.Float32Vector", values: Array.from(value) },
    };
  }
  if (value instanceof Uint8Array) return { case: "bytesValue", value };
  if (value instanceof Date) return { case: "dateTimeValue", value: instant(value, path) };
  if (Array.isArray(value)) return { case: "listValue", value: listOf(value, path) };
  if ("$typeName" in value && value.$typeName === ValueSchema.typeName)
    return (value as Value).kind;
  throw new ValueError(path, "an object cannot be stored as a property");
}

function listOf(items: readonly unknown[], path: string): List {
  const type = elementType(items[0]);
  for (const [index, item] of items.entries()) {
    if (elementType(item) !== type || type === "other") {
      throw new ValueError(
        `${path}[${index}]`,
        "a list holds booleans, bigints, numbers, strings or Dates, all of one type",
      );
    }
  }
  switch (type) {
    case "boolean":
      return create(ListSchema, {
        items: { case: "bools", value: { values: items as boolean[] } },
      });
    case "bigint": {
      const values = items.map((item, index) => checkedInt64(item as bigint, `${path}[${index}]`));
      return create(ListSchema, { items: { case: "int64s", value: { values } } });
    }
    case "number":
      return create(ListSchema, {
        items: { case: "doubles", value: { values: items as number[] } },
      });
    case "date": {
      const values = items.map((item, index) => instant(item as Date, `${path}[${index}]`));
      return create(ListSchema, { items: { case: "dateTimes", value: { values } } });
    }
    case "string":
    case "other": {
      // The empty list lands here too: Neo4j keeps no type for it, so neither does it matter.
      const values = items.map((item, index) => checkedText(item as string, `${path}[${index}]`));
      return create(ListSchema, { items: { case: "strings", value: { values } } });
    }
  }
}

function elementType(item: unknown): "boolean" | "bigint" | "number" | "string" | "date" | "other" {
  if (item instanceof Date) return "date";
  const type = typeof item;
  return type === "boolean" || type === "bigint" || type === "number" || type === "string"
    ? type
    : "other";
}

function instant(
  value: Date,
  path: string,
): {
  $typeName: "outgraph.graph.v1.DateTime";
  epochSeconds: bigint;
  nanos: number;
  zone: { case: "offsetSeconds"; value: number };
} {
  const ms = value.getTime();
  if (Number.isNaN(ms)) throw new ValueError(path, "an invalid Date");
  const seconds = Math.floor(ms / 1_000);
  return {
    $typeName: "outgraph.graph.v1.DateTime",
    epochSeconds: BigInt(seconds),
    nanos: (ms - seconds * 1_000) * 1_000_000,
    zone: { case: "offsetSeconds", value: 0 },
  };
}

function checkedInt64(value: bigint, path: string): bigint {
  if (value < INT64_MIN || value > INT64_MAX) {
    throw new ValueError(path, `${value} does not fit into 64 bits`);
  }
  return value;
}

/** Protobuf strings are UTF-8, which has no lone surrogates. */
function checkedText(value: string, path: string): string {
  if (!value.isWellFormed())
    throw new ValueError(path, "text with a lone surrogate is not Unicode");
  return value;
}
