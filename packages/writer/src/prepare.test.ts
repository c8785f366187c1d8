import { create } from "@bufbuild/protobuf";
import {
  createEdge,
  DocumentWriteSchema,
  decodeEntry,
  EntrySchema,
  isEntryId,
  mergeNode,
  newEntryId,
  node,
} from "@outgraph/events";
import { SUPPORTED_MUTATIONS } from "@outgraph/graph-plan";
import { expect, test } from "vitest";
import { EntryInvalid, EntryTooLarge, MutationUnsupported } from "./errors.ts";
import { checkEntry, prepareEntry } from "./prepare.ts";

const order = node("Order", { id: "o1" });
const placed = { type: "shop.v1.OrderPlaced", mutations: [mergeNode(order)] };

test("an entry without an id gets one, which is stored with it", () => {
  const prepared = prepareEntry(create(EntrySchema, { source: "shop", events: [placed] }));
  expect(isEntryId(prepared.id)).toBe(true);
  expect(decodeEntry(prepared.bytes).id).toBe(prepared.id);
});

test("the id and the trace are no content: what is said twice has one digest", () => {
  const entry = () => create(EntrySchema, { id: newEntryId(), source: "shop", events: [placed] });
  const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  expect(prepareEntry(entry()).digest).toEqual(prepareEntry(entry(), { trace }).digest);
});

test("document writes are content", () => {
  const entry = create(EntrySchema, { source: "shop", events: [placed] });
  const writes = [create(DocumentWriteSchema, { collection: "orders" })];
  expect(prepareEntry(entry, { writes }).digest).not.toEqual(prepareEntry(entry).digest);
});

test("every broken rule is named with its path", () => {
  const broken = create(EntrySchema, { source: "", events: [{ type: "no type!" }] });
  expect(() => checkEntry(broken, SUPPORTED_MUTATIONS)).toThrow(EntryInvalid);
  expect(() => checkEntry(broken, SUPPORTED_MUTATIONS)).toThrow(/source: .*events\[0\]\.type: /);
});

test("a mutation that this version cannot apply is named with its path", () => {
  const mutations = [mergeNode(order), createEdge("OF", order, order)];
  const entry = create(EntrySchema, { source: "shop", events: [{ type: "t", mutations }] });
  const check = () => checkEntry(entry, new Set(["mergeNode"]));
  expect(check).toThrow(MutationUnsupported);
  expect(check).toThrow("events[0].mutations[1].create_edge: ");
});

test("an entry beyond 8 MiB is refused, one just below is taken", () => {
  const entryOf = (bytes: number) => {
    const mutations = [mergeNode(order, { set: { text: "x".repeat(bytes) } })];
    return create(EntrySchema, { source: "shop", events: [{ type: "t", mutations }] });
  };
  const limit = 8 * 1024 * 1024;
  expect(prepareEntry(entryOf(limit - 200)).bytes.length).toBeLessThanOrEqual(limit);
  expect(() => prepareEntry(entryOf(limit))).toThrow(EntryTooLarge);
});
