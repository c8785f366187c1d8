import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { AnySchema, timestampNow } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalBytes, contentDigest, encodeWithDigest } from "./digest.ts";
import { encodeEntry } from "./entry.ts";
import { newEntryId } from "./entry-id.ts";
import { DocumentWriteSchema } from "./gen/outgraph/append/v1/document_pb.ts";
import { EntrySchema, type Event, EventSchema } from "./gen/outgraph/entry/v1/entry_pb.ts";
import { mergeNode, node } from "./mutations.ts";
import type { Properties } from "./value.ts";

function digest(properties: Properties, event: MessageInitShape<typeof EventSchema> = {}): string {
  return Buffer.from(contentDigest({ events: [happened(properties, event)] })).toString("hex");
}

function happened(set: Properties, event: MessageInitShape<typeof EventSchema> = {}): Event {
  const mutations = [mergeNode(node("A", { id: 1n }), { set })];
  return create(EventSchema, { type: "test.v1.Happened", mutations, ...event });
}

test("the order in which properties were given does not matter", () => {
  const name = fc.stringMatching(/^[\p{L}_][\p{L}\p{Nd}_]{0,4}$/u);
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), fc.nat(), (names, turn) => {
      const shift = turn % names.length;
      const turned = [...names.slice(shift), ...names.slice(0, shift)].reverse();
      const given = Object.fromEntries(names.map((n) => [n, n]));
      const again = Object.fromEntries(turned.map((n) => [n, n]));
      expect(digest(again)).toBe(digest(given));
    }),
  );
});

test("keys stand in the order of their UTF-8 bytes", () => {
  const event = happened({ "\u{10400}x": 1n, "\uffdcx": 2n });

  const text = Buffer.from(canonicalBytes(EventSchema, event)).toString("utf8");

  expect(text.indexOf("\uffdcx")).toBeLessThan(text.indexOf("\u{10400}x"));
});

test("when it happened does not matter, what happened does", () => {
  expect(digest({ a: 1n }, { occurredAt: timestampNow() })).toBe(digest({ a: 1n }));
  expect(digest({ a: 1 })).not.toBe(digest({ a: 1n }));
  expect(digest({ a: 1n }, { type: "test.v1.Other" })).not.toBe(digest({ a: 1n }));
});

test("document writes matter", () => {
  const events = [happened({})];
  const write = create(DocumentWriteSchema, { collection: "files" });

  expect(contentDigest({ events, writes: [write] })).not.toEqual(contentDigest({ events }));
});

test("taking the digest leaves what was given as it says", () => {
  const event = happened({ b: 1n, a: 2n }, { occurredAt: timestampNow() });

  contentDigest({ events: [event] });

  expect(event.occurredAt).toBeDefined();
  expect(event.mutations[0]?.kind.value).toMatchObject({ set: { a: {}, b: {} } });
});

const UNKNOWN = [{ no: 99, wireType: 0, data: new Uint8Array([7]) }];
const payload = { typeUrl: "type.googleapis.com/test.v1.Happened", value: new Uint8Array([1]) };

test.each<[string, readonly Event[]]>([
  ["nothing", []],
  ["properties in another order", [happened({ b: 1n, a: "x".repeat(200) })]],
  ["a time and a payload", [happened({}, { occurredAt: timestampNow(), payload }), happened({})]],
  ["an event of a newer version", [{ ...happened({ a: 1n }), $unknown: UNKNOWN }]],
  [
    "a payload of a newer version",
    [{ ...happened({}), payload: { ...anyOf(), $unknown: UNKNOWN } }],
  ],
])("the digest that comes with the stored bytes is that of the content: %s", (_, events) => {
  const entry = create(EntrySchema, { id: newEntryId(), source: "test", partition: "p" });
  entry.events.push(...events);
  const writes = [create(DocumentWriteSchema, { collection: "files", expectedMatches: 1n })];

  const { bytes, digest } = encodeWithDigest(entry);

  expect(bytes).toEqual(encodeEntry(entry));
  expect(digest).toEqual(contentDigest({ events }));
  expect(encodeWithDigest(entry, writes).digest).toEqual(contentDigest({ events, writes }));
});

function anyOf(): NonNullable<Event["payload"]> {
  return create(AnySchema, payload);
}
