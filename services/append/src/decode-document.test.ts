import { create } from "@bufbuild/protobuf";
import { type Document as DocumentMessage, DocumentSchema } from "@outgraph/events";
import { Binary, BSONRegExp, Decimal128, Double, Int32, Long, serialize, Timestamp } from "bson";
import { expect, test } from "vitest";
import { decodeDocument } from "./decode-document.ts";

const bson = (value: Uint8Array): DocumentMessage =>
  create(DocumentSchema, { format: { case: "bson", value } });
const json = (value: string): DocumentMessage =>
  create(DocumentSchema, { format: { case: "extendedJson", value } });

test("every BSON type comes out as it went in", () => {
  const document = {
    int: new Int32(1),
    double: new Double(1),
    long: Long.fromString("9007199254740993"),
    decimal: Decimal128.fromString("0.10"),
    binary: new Binary(Buffer.from([1, 2]), 0x80),
    regexp: new BSONRegExp("a+", "i"),
    time: new Timestamp({ t: 1, i: 2 }),
    date: new Date(-1),
    nested: [{ __proto__x: null }, "text", true],
  };
  const bytes = serialize(document);

  const decoded = decodeDocument(bson(bytes), "d", "stored");

  expect(decoded.kind === "document" && Buffer.from(serialize(decoded.document))).toEqual(
    Buffer.from(bytes),
  );
});

test.each([
  ["bytes that end too early", bson(serialize({ a: 1 }).subarray(0, 9)), "d.bson"],
  ["bytes after the end", bson(Buffer.concat([serialize({ a: 1 }), Buffer.from([0])])), "d.bson"],
  ["noise", bson(Buffer.from([5, 0, 0, 0, 1])), "d.bson"],
  [
    "text that is no UTF-8",
    bson(Buffer.from([14, 0, 0, 0, 2, 97, 0, 2, 0, 0, 0, 0xff, 0, 0])),
    "d.bson",
  ],
  ["JSON that ends too early", json('{"a": '), "d.extended_json"],
  ["a list", json("[1]"), "d.extended_json"],
  ["a number", json("1"), "d.extended_json"],
  ["a value that is no document", json('{"$oid": "64b7f9a1e4b0c2a1b2c3d4e5"}'), "d.extended_json"],
  ["a date that is none", json('{"a": {"$date": "yesterday"}}'), "d.extended_json"],
  [
    "a document too deep for MongoDB",
    json(`${'{"a":'.repeat(181)}1${"}".repeat(181)}`),
    "d.extended_json",
  ],
  [
    "a document too deep for the decoder",
    json(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`),
    "d.extended_json",
  ],
])("%s is invalid, with the path", (_, message, field) => {
  expect(decodeDocument(message, "d", "stored")).toMatchObject({
    kind: "invalid",
    fault: { field },
  });
});

test("a document at MongoDB's depth is taken", () => {
  const deep = json(`${'{"a":'.repeat(180)}1${"}".repeat(180)}`);

  expect(decodeDocument(deep, "d", "stored").kind).toBe("document");
});

test.each(["$where", "$function", "$accumulator", "$_internalJsEmit"])(
  "%s is denied where it would run",
  (script) => {
    const message = json(`{"a": [{"b": {"${script}": "while (true) {}"}}]}`);

    expect(decodeDocument(message, "f", "evaluated")).toEqual({
      kind: "denied",
      fault: {
        field: "f.extended_json",
        message: `${script} may run JavaScript on the server, which is not allowed`,
      },
    });
    expect(decodeDocument(message, "f", "stored").kind).toBe("document");
  },
);
