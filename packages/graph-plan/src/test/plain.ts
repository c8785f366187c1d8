import type { Value } from "@outgraph/events";
import { CannotApply } from "./cannot-apply.ts";

/** A property as the tests compare it: integers are bigints, floats numbers, dates days in an object. */
export type Plain = boolean | bigint | number | string | { readonly days: number } | Plain[];

/** The value as plain data; null for the null value. */
export function plain({ kind }: Value): Plain | null {
  switch (kind.case) {
    case "nullValue":
      return null;
    case "boolValue":
    case "int64Value":
    case "doubleValue":
    case "stringValue":
      return kind.value;
    case "dateValue":
      return { days: kind.value.epochDays };
    case "listValue": {
      const { items } = kind.value;
      if (items.case === "int64s" || items.case === "doubles" || items.case === "strings") {
        return [...items.value.values];
      }
      throw new Error(`the tests do not use lists of ${items.case}`);
    }
    default:
      throw new Error(`the tests do not use ${kind.case}`);
  }
}

/** As one text: the same for the same value of the same type, -0 and NaN included. */
export function plainText(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(plainText).join(", ")}]`;
  if (typeof value === "object") return `day ${value.days}`;
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  return typeof value === "string" ? JSON.stringify(value) : `${value}`;
}

/** Equality as Cypher has it for a match: numbers by size, NaN equal to nothing. */
export function isEqual(a: Plain | undefined, b: Plain): boolean {
  if (a === undefined) return false;
  if (isNumber(a) && isNumber(b)) return a <= b && a >= b; // an integer may equal a float, NaN equals nothing
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]!));
  }
  return plainText(a) === plainText(b);
}

/** What a property is after something was added or appended. */
export function accumulated(before: Plain | undefined, given: Plain): Plain {
  if (Array.isArray(given)) {
    const list = before ?? [];
    if (!Array.isArray(list)) throw new CannotApply("no list");
    const [first] = list;
    const [next] = given;
    if (first !== undefined && next !== undefined && typeof first !== typeof next) {
      throw new CannotApply("another list");
    }
    return [...list, ...given];
  }
  const number = before ?? 0n;
  if (!isNumber(number) || !isNumber(given)) throw new CannotApply("no number");
  if (typeof number !== "bigint" || typeof given !== "bigint") {
    return Number(number) + Number(given);
  }
  const sum = number + given;
  if (BigInt.asIntN(64, sum) !== sum) throw new CannotApply("overflow");
  return sum;
}

function isNumber(value: Plain): value is bigint | number {
  return typeof value === "bigint" || typeof value === "number";
}
