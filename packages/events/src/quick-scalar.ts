import { all, type Check, only, type Rules, UNSURE } from "./quick-rules.ts";

/** The check of a scalar by the rules of its type; undefined when there are none. */
export function scalarCheck(type: string, rules: Rules): Check | undefined {
  switch (type) {
    case "string":
      return stringCheck(rules);
    case "bytes":
      if (!only(rules, "min_len", "max_len")) return UNSURE;
      return between(rules["min_len"], rules["max_len"], (bytes: Uint8Array) => bytes.length);
    case "int32":
    case "sint32":
    case "uint32":
    case "int64":
    case "sint64":
    case "uint64":
      return numberCheck(rules);
    case "float":
    case "double":
      return only(rules, "finite") ? (value: number) => Number.isFinite(value) : UNSURE;
    default:
      return UNSURE;
  }
}

/** What is not ASCII is left to protovalidate where characters count: its pattern language is another. */
const ASCII = /^[\0-\x7f]*$/;

function stringCheck(rules: Rules): Check {
  if (!only(rules, "min_len", "max_len", "min_bytes", "max_bytes", "pattern")) return UNSURE;
  const pattern = rules["pattern"] as string | undefined;
  const check = all([
    bytesBetween(
      Number(rules["min_bytes"] ?? 0n),
      Number(rules["max_bytes"] ?? Number.POSITIVE_INFINITY),
    ),
    between(rules["min_len"], rules["max_len"], (text: string) => text.length),
    pattern === undefined ? undefined : patternCheck(new RegExp(pattern, "u")),
  ]) as Check;
  const charactersCount = pattern !== undefined || "min_len" in rules || "max_len" in rules;
  return charactersCount ? (all([(text: string) => ASCII.test(text), check]) as Check) : check;
}

/** A character of UTF-16 takes one byte in UTF-8 at least and three at most: counting is seldom needed. */
function bytesBetween(low: number, high: number): (text: string) => boolean {
  return (text) => {
    if (text.length >= low && text.length * 3 <= high) return true;
    const bytes = Buffer.byteLength(text);
    return bytes >= low && bytes <= high;
  };
}

function patternCheck(pattern: RegExp): Check {
  return (text: string) => pattern.test(text);
}

function numberCheck(rules: Rules): Check {
  if (!only(rules, "gte", "lte", "lt", "in")) return UNSURE;
  const { gte, lte, lt } = rules as Readonly<Record<string, bigint | number | undefined>>;
  const choice = rules["in"] as readonly (bigint | number)[] | undefined;
  // Where the upper end is below the lower one, protovalidate means what is outside.
  const most = lte ?? lt;
  if (gte !== undefined && most !== undefined && most <= gte) return UNSURE;
  return (value: bigint | number) =>
    (gte === undefined || value >= gte) &&
    (lte === undefined || value <= lte) &&
    (lt === undefined || value < lt) &&
    (choice === undefined || choice.includes(value));
}

/** Whether a size is within its bounds, each of which may be missing. */
export function between<T>(
  least: unknown,
  most: unknown,
  sizeOf: (value: T) => number,
): ((value: T) => boolean) | undefined {
  if (least === undefined && most === undefined) return undefined;
  const low = Number(least ?? 0n);
  const high = most === undefined ? Number.POSITIVE_INFINITY : Number(most);
  return (value) => {
    const size = sizeOf(value);
    return size >= low && size <= high;
  };
}
