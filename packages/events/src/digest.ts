import { hash } from "node:crypto";
import { create, type DescMessage, type Message, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { DocumentWrite } from "./gen/outgraph/append/v1/document_pb.ts";
import { AppendRequestSchema } from "./gen/outgraph/append/v1/outbox_service_pb.ts";
import {
  type Entry,
  EntrySchema,
  type Event,
  EventSchema,
} from "./gen/outgraph/entry/v1/entry_pb.ts";

/** What an append says, for the comparison of a repeated one with the first. */
export interface AppendContent {
  /** The document writes; none for an in-transaction writer, whose caller writes them itself. */
  readonly writes?: readonly DocumentWrite[];
  readonly events: readonly Event[];
}

/**
 * The SHA-256 (32 bytes) of an append's content, the same in every language.
 *
 * It is taken over the canonical encoding of an `AppendRequest` that holds the writes and an entry
 * with nothing but the events, each without `occurred_at`: fields by ascending number, map entries
 * by the bytes of their keys, defaults left out. Two appends with this digest say the same.
 */
export function contentDigest(content: AppendContent): Uint8Array {
  const events = content.events.map((event) => {
    const { occurredAt: _, ...said } = event;
    return create(EventSchema, said);
  });
  const request = create(AppendRequestSchema, {
    entry: create(EntrySchema, { events }),
    writes: [...(content.writes ?? [])],
  });
  return hash("sha256", canonicalBytes(AppendRequestSchema, request), "buffer");
}

/** An entry as it is stored, and the digest of the append that it is of. */
export interface EncodedEntry {
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
}

/**
 * `encodeEntry` and `contentDigest` for the price of one: what the digest is taken over is copied
 * from the bytes that are stored. Leaves the maps of `entry` in key order, which changes nothing that
 * it says.
 *
 * @param entry whose mutations hold no fields of a newer version (`unsupportedMutations`): they
 *   would be stored, and are no part of the content.
 */
export function encodeWithDigest(
  entry: Entry,
  writes: readonly DocumentWrite[] = [],
): EncodedEntry {
  sortMaps(EntrySchema, entry);
  const bytes = toBinary(EntrySchema, entry);
  if (entry.events.some(({ payload }) => payload?.$unknown !== undefined)) {
    return { bytes, digest: contentDigest({ events: entry.events, writes }) };
  }
  const content = contentOf(bytes);
  if (writes.length > 0) {
    const request = create(AppendRequestSchema, { writes: [...writes] });
    content.raw(canonicalBytes(AppendRequestSchema, request));
  }
  return { bytes, digest: hash("sha256", content.finish(), "buffer") };
}

/** The fields of an event that count as content. */
const SAID: ReadonlySet<number> = new Set(
  EventSchema.fields.filter((f) => f !== EventSchema.field.occurredAt).map((f) => f.number),
);

/** The start of the canonical encoding of an append whose entry has these bytes: all but its writes. */
function contentOf(entry: Uint8Array): BinaryWriter {
  const content = new BinaryWriter();
  content.tag(AppendRequestSchema.field.entry.number, WireType.LengthDelimited).fork();
  const reader = new BinaryReader(entry);
  while (reader.pos < reader.len) {
    const [no, type] = reader.tag();
    if (no !== EntrySchema.field.events.number) {
      reader.skip(type, no);
      continue;
    }
    content.tag(no, type).fork();
    const end = reader.uint32() + reader.pos;
    while (reader.pos < end) {
      const start = reader.pos;
      const [field, wireType] = reader.tag();
      reader.skip(wireType, field);
      if (SAID.has(field)) content.raw(entry.subarray(start, reader.pos));
    }
    content.join();
  }
  return content.join();
}

/**
 * The canonical encoding of a message. The maps of `message` are left in key order, which changes
 * nothing that it says; so nothing needs to be copied. protobuf-es writes fields by ascending
 * number, and a map as its object lists it; names in this contract never look like array indexes,
 * the one case in which an object has an order of its own.
 */
export function canonicalBytes(schema: DescMessage, message: Message): Uint8Array {
  sortMaps(schema, message);
  return toBinary(schema, message, { writeUnknownFields: false });
}

type Local = Record<string, unknown>;

function sortMaps(schema: DescMessage, message: Message): void {
  const local = message as unknown as Local;
  for (const field of fieldsWithMaps(schema)) {
    const holder = field.oneof ? chosenOf(local, field.oneof.localName, field.localName) : local;
    const name = field.oneof ? "value" : field.localName;
    const value = holder?.[name];
    if (holder === undefined || value === undefined) continue;
    if (field.fieldKind === "map") holder[name] = sorted(value as Local);
    else if (field.fieldKind === "list") {
      for (const item of value as Message[]) sortMaps(field.message as DescMessage, item);
    } else sortMaps(field.message as DescMessage, value as Message);
  }
}

/** The value of a oneof, when it is this member that is set. */
function chosenOf(local: Local, oneof: string, member: string): Local | undefined {
  const chosen = local[oneof] as { case?: string } | undefined;
  return chosen?.case === member ? (chosen as Local) : undefined;
}

function sorted(map: Local): Local {
  const names = Object.keys(map);
  let inOrder = true;
  for (let i = 1; i < names.length && inOrder; i++) {
    inOrder = compareUtf8(names[i - 1] as string, names[i] as string) < 0;
  }
  if (inOrder) return map;
  return Object.fromEntries(names.sort(compareUtf8).map((name) => [name, map[name]]));
}

/** Orders texts by their UTF-8 bytes, which is the order of their code points, not of UTF-16 units. */
function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const unitA = a.charCodeAt(i);
    const unitB = b.charCodeAt(i);
    if (unitA === unitB) continue;
    // The two orders differ from the surrogates on.
    if (unitA < SURROGATES && unitB < SURROGATES) return unitA - unitB;
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  return a.length - b.length;
}

const SURROGATES = 0xd800;

const withMaps: Map<string, DescMessage["fields"]> = new Map();

/** The fields of a message that are maps, or lead to one; so that values are not walked in vain. */
function fieldsWithMaps(schema: DescMessage): DescMessage["fields"] {
  let fields = withMaps.get(schema.typeName);
  if (fields === undefined) {
    withMaps.set(schema.typeName, []); // A message that contains itself ends here.
    fields = schema.fields.filter(
      (field) =>
        field.fieldKind === "map" ||
        ((field.fieldKind === "message" ||
          (field.fieldKind === "list" && field.listKind === "message")) &&
          fieldsWithMaps(field.message as DescMessage).length > 0),
    );
    withMaps.set(schema.typeName, fields);
  }
  return fields;
}
