import { EJSON } from "bson";

const INT32 = { min: -(2n ** 31n), max: 2n ** 31n - 1n };
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const WHOLE = /^-?\d{1,20}$/;

/**
 * Reads MongoDB Extended JSON v2, canonical or relaxed, every BSON type kept: `5` is an int32,
 * `{"$numberLong": "5"}` an int64, `5.0` a double.
 *
 * @throws Error saying what is wrong; also for what the library would silently change: numbers out
 *   of their type's range, and whole numbers beyond 64 bits.
 */
export function parseExtendedJson(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, exact);
  } catch (error) {
    throw error instanceof SyntaxError ? new Error(`not JSON: ${error.message}`) : error;
  }
  return EJSON.deserialize(parsed as object, { relaxed: false });
}

/** Keeps what a JavaScript number would lose, and checks numbers written as text. */
function exact(key: string, value: unknown, context?: { source?: string }): unknown {
  switch (typeof value) {
    case "number": {
      const source = context?.source ?? String(value);
      if (/[.eE]/.test(source) || Object.is(value, -0)) return { $numberDouble: source };
      if (Number.isSafeInteger(value)) return value;
      return { $numberLong: inRange(source, INT64, "64 bits") };
    }
    case "string":
      if (key === "$numberInt") return inRange(value, INT32, "32 bits");
      if (key === "$numberLong") return inRange(value, INT64, "64 bits");
      if (key === "$numberDouble") return double(value);
      return value;
    default:
      return value;
  }
}

function inRange(text: string, range: { min: bigint; max: bigint }, bits: string): string {
  if (!WHOLE.test(text)) throw new Error(`${JSON.stringify(text)} is no whole number`);
  const value = BigInt(text);
  if (value < range.min || value > range.max) throw new Error(`${text} does not fit into ${bits}`);
  return text;
}

function double(text: string): string {
  const named = text === "NaN" || text === "Infinity" || text === "-Infinity";
  if (!named && (text.trim() !== text || text === "" || Number.isNaN(Number(text)))) {
    throw new Error(`${JSON.stringify(text)} is no number`);
  }
  return text;
}
