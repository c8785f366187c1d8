import {
  create,
  createRegistry,
  type DescMessage,
  type Message,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import {
  AppendRequestSchema,
  BadRequestSchema,
  canonicalBytes,
  contentDigest,
  EntrySchema,
  entryIdFor,
  MutationSchema,
  RetryInfoSchema,
  ValueSchema,
} from "@outgraph/events";
import { INVALID } from "./all-refusals.ts";
import { ENTRIES } from "./entries.ts";
import { IDS } from "./ids.ts";
import { MUTATIONS } from "./mutations.ts";
import { OUTCOMES } from "./outcomes.ts";
import type { Refusal } from "./refusal.ts";
import { UNKNOWN } from "./refusals.ts";
import { REQUESTS } from "./requests.ts";
import { VALUES } from "./values.ts";

/** The types of an error's details. */
export const DETAILS: readonly DescMessage[] = [BadRequestSchema, RetryInfoSchema];

/** The golden files by name, each as the text that is committed in `golden/`. */
export function goldenFiles(): Map<string, string> {
  const files: Record<string, readonly object[]> = {
    "values.json": vectors(VALUES, (init) => forms(ValueSchema, create(ValueSchema, init))),
    "mutations.json": vectors(MUTATIONS, (message) => forms(MutationSchema, message)),
    "requests.json": vectors(REQUESTS, (request) => ({
      ...forms(AppendRequestSchema, request),
      digest: Buffer.from(
        contentDigest({ events: request.entry?.events ?? [], writes: request.writes }),
      ).toString("hex"),
    })),
    "entries.json": vectors(ENTRIES, (entry) => ({
      ...forms(EntrySchema, entry),
      digest: Buffer.from(contentDigest({ events: entry.events })).toString("hex"),
      types: [...new Set(entry.events.map(({ type }) => type))],
    })),
    "outcomes.json": vectors(OUTCOMES, ({ schema, message }) => ({
      type: schema.typeName,
      ...forms(schema, message),
    })),
    "refusals.json": [
      ...vectors(INVALID, (refusal) => refused(refusal, "INVALID_ARGUMENT")),
      ...vectors(UNKNOWN, (refusal) => refused(refusal, "UNIMPLEMENTED")),
    ],
    "ids.json": IDS.map(({ name, time, text }) => ({
      name,
      time,
      text,
      id: entryIdFor(new Date(time), text),
    })),
  };
  return new Map(Object.entries(files).map(([name, rows]) => [name, text(rows)]));
}

function vectors<T>(cases: Readonly<Record<string, T>>, row: (one: T) => object): object[] {
  return Object.entries(cases).map(([name, one]) => ({ name, ...row(one) }));
}

/** A message as protobuf JSON, and as its canonical bytes in base64. */
function forms(schema: DescMessage, message: Message): { json: unknown; bytes: string } {
  const bytes = Buffer.from(canonicalBytes(schema, message)).toString("base64");
  // The payload of an event stays packed: no language needs its type here.
  return { json: jsonOf(schema, message), bytes };
}

function jsonOf(schema: DescMessage, message: Message): unknown {
  try {
    return toJson(schema, message, { registry: createRegistry(...DETAILS) });
  } catch {
    return null; // Protobuf JSON cannot say it: an Any of an unknown type, an enum out of range.
  }
}

function refused({ schema, request, violations }: Refusal, code: string): object {
  const bytes = Buffer.from(toBinary(schema, request)).toString("base64");
  return { type: schema.typeName, code, violations, json: jsonOf(schema, request), bytes };
}

/** JSON, one vector a line, so that a change to one shows as one line. */
function text(rows: readonly object[]): string {
  return `[\n${rows.map((row) => JSON.stringify(row, negativeZero)).join(",\n")}\n]\n`;
}

/** JSON.stringify writes -0 as 0; protobuf JSON tells them apart. */
function negativeZero(_key: string, value: unknown): unknown {
  return Object.is(value, -0) ? JSON.rawJSON("-0.0") : value;
}

declare global {
  interface JSON {
    /** In Node since 21: https://tc39.es/proposal-json-parse-with-source/ */
    rawJSON(text: string): unknown;
  }
}
