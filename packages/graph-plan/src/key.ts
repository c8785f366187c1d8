import type { Value } from "@outgraph/events";
import { BrokenContract } from "./broken-contract.ts";

/**
 * A text that stands for a key value: two values have the same text exactly when they are equal in
 * Neo4j. It says where it ends, so texts can be written one after the other.
 *
 * Undefined for a type that cannot be a key, among them double, since 1.0 equals 1 in Neo4j.
 */
export function textOfKeyable({ kind }: Value): string | undefined {
  switch (kind.case) {
    case "stringValue":
      return `s${sized(kind.value)}`;
    case "int64Value":
      return `i${kind.value};`;
    case "boolValue":
      return kind.value ? "t;" : "f;";
    case "dateValue":
      return `d${kind.value.epochDays};`;
    case "localDateTimeValue":
      return `l${kind.value.epochSeconds}.${kind.value.nanos};`;
    case "nullValue":
    case "doubleValue":
    case "bytesValue":
    case "localTimeValue":
    case "timeValue":
    case "dateTimeValue":
    case "durationValue":
    case "pointValue":
    case "listValue":
    case "float32VectorValue":
    case undefined:
      return undefined;
  }
}

/** The text of a key value. @throws BrokenContract for a type that cannot be a key. */
export function keyText(value: Value): string {
  const text = textOfKeyable(value);
  if (text !== undefined) return text;
  throw new BrokenContract(`a ${value.kind.case ?? "value without a kind"} cannot be a key`);
}

/** The names of key properties, in the one order that they are written in. */
export function keyNames(key: Readonly<Record<string, Value>>): string[] {
  const names = Object.keys(key);
  return names.length > 1 ? names.sort() : names;
}

/** A text that says where it ends. */
export function sized(text: string): string {
  return `${text.length}:${text}`;
}

/** A list of texts as one, from which no other list could have come. */
export function listText(texts: readonly string[]): string {
  let text = "";
  for (const each of texts) text += sized(each);
  return `${text};`;
}
