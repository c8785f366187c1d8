import type { Document as DocumentMessage } from "@outgraph/events";
import { type Document, deserialize } from "bson";
import { parseExtendedJson } from "./extended-json.ts";
import type { FieldFault } from "./refusal.ts";

/** MongoDB takes documents nested so deep at most. */
const DEPTH_MAX = 180;

/** Operators that run JavaScript on the server. */
const SCRIPTS: ReadonlySet<string> = new Set(["$where", "$function", "$accumulator"]);

/** A document, or what is wrong with it. */
export type Decoded =
  | { readonly kind: "document"; readonly document: Document }
  | { readonly kind: "invalid"; readonly fault: FieldFault }
  | { readonly kind: "denied"; readonly fault: FieldFault };

/**
 * The document that was sent, every BSON type kept.
 *
 * @param field its path, for the fault.
 * @param code whether MongoDB will evaluate it (a filter, a pipeline stage), so that scripts in it
 *   are denied.
 */
export function decodeDocument(
  message: DocumentMessage,
  field: string,
  code: "evaluated" | "stored",
): Decoded {
  const format = message.format.case === "extendedJson" ? "extended_json" : "bson";
  const path = `${field}.${format}`;
  let document: unknown;
  let script: string | undefined;
  try {
    document =
      message.format.case === "extendedJson"
        ? parseExtendedJson(message.format.value)
        : fromBson(message.format.value ?? new Uint8Array());
    if (!isPlain(document)) throw new Error("must be a document");
    script = inspect(document, 1, code === "evaluated");
  } catch (error) {
    return { kind: "invalid", fault: { field: path, message: problemOf(error) } };
  }
  if (script === undefined) return { kind: "document", document };
  return {
    kind: "denied",
    fault: {
      field: path,
      message: `${script} may run JavaScript on the server, which is not allowed`,
    },
  };
}

function fromBson(bytes: Uint8Array): Document {
  // Nothing promoted: an int64 or a double that looks like an int32 must be stored as it came.
  return deserialize(bytes, { promoteValues: false, promoteBuffers: false, bsonRegExp: true });
}

/** The first operator that runs a script. @throws Error for what cannot be stored as it is. */
function inspect(value: unknown, depth: number, evaluated: boolean): string | undefined {
  if (value instanceof Date && Number.isNaN(value.getTime())) throw new Error("an invalid date");
  const isArray = Array.isArray(value);
  if (!isArray && !isPlain(value)) return undefined;
  if (depth > DEPTH_MAX) throw new Error(`nested more than ${DEPTH_MAX} levels deep`);
  for (const [key, item] of Object.entries(value)) {
    if (evaluated && !isArray && runsScripts(key)) return key;
    const found = inspect(item, depth + 1, evaluated);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * MongoDB's own operators are refused as a whole: one of them, `$_internalJsEmit`, runs JavaScript
 * for whoever names it (seen on 6.0), and none is for callers.
 */
function runsScripts(key: string): boolean {
  return SCRIPTS.has(key) || key.startsWith("$_internal");
}

/** A document, not one of the values that BSON has besides. */
function isPlain(value: unknown): value is Document {
  if (typeof value !== "object" || value === null || "_bsontype" in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function problemOf(error: unknown): string {
  // What is nested so deep that the decoder itself runs out of stack.
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return `nested more than ${DEPTH_MAX} levels deep`;
  }
  return error instanceof Error ? error.message : String(error);
}
