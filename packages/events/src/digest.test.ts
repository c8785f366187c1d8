import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalBytes, contentDigest } from "./digest.ts";
import { DocumentWriteSchema } from "./gen/outgraph/append/v1/document_pb.ts";
import { type Event, EventSchema } from "./gen/outgraph/entry/v1/entry_pb.ts";
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
