import { create } from "@bufbuild/protobuf";
import {
  contentDigest,
  EntrySchema,
  encodeEntry,
  mergeNode,
  newEntryId,
  node,
  ReceiptSchema,
} from "@outgraph/events";
import { Binary, Timestamp, UUID } from "mongodb";
import { expect, test } from "vitest";
import { type EntryDocument, entryDocument, storedEntry } from "./entry-document.ts";

const id = newEntryId();
const entry = create(EntrySchema, {
  id,
  source: "shop",
  partition: "eu",
  events: [
    { type: "shop.v1.OrderPlaced", mutations: [mergeNode(node("Order", { id: "o1" }))] },
    { type: "shop.v1.OrderPaid" },
    { type: "shop.v1.OrderPlaced" },
  ],
});
const digest = contentDigest({ events: entry.events });

/** The document as a server would give it back. */
function stamped(document: EntryDocument): EntryDocument {
  return { ...document, at: new Timestamp({ t: 5, i: 2 }) };
}

test("an entry is stored with an empty time, for the server to stamp", () => {
  const document = entryDocument({ entry, digest });

  expect(document.at).toEqual(new Timestamp({ t: 0, i: 0 }));
  expect(document._id).toBeInstanceOf(UUID);
  expect(document._id.toString()).toBe(id);
  expect(document._id.sub_type).toBe(Binary.SUBTYPE_UUID);
  expect(document).toMatchObject({ v: 1, source: "shop", partition: "eu" });
  expect(document.types).toEqual(["shop.v1.OrderPlaced", "shop.v1.OrderPaid"]);
});

test("what is stored is what comes back", () => {
  const receipt = create(ReceiptSchema, { entryId: id, documents: [{ inserted: 1n }] });
  const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  const stored = storedEntry(stamped(entryDocument({ entry, digest, receipt, trace })));

  expect(stored).toEqual({
    id,
    at: new Timestamp({ t: 5, i: 2 }),
    entry,
    bytes: encodeEntry(entry).length,
    digest,
    receipt,
    trace,
  });
});

test("what an append does not have is left out, not stored as null", () => {
  const document = entryDocument({ entry: { ...entry, partition: "" }, digest });
  expect(Object.keys(document)).toEqual(["_id", "at", "v", "source", "types", "body", "digest"]);
});

test("a format that this version does not know is refused, with the entry's id", () => {
  const newer = { ...stamped(entryDocument({ entry, digest })), v: 2 };
  expect(() => storedEntry(newer)).toThrow(`entry ${id} has format 2`);
});

test("a body that is no entry is refused, with the entry's id", () => {
  const torn = { ...stamped(entryDocument({ entry, digest })), body: new Binary(Buffer.from("x")) };
  expect(() => storedEntry(torn)).toThrow(`the body of entry ${id} is no entry`);
});
