import { encodeEntry, mergeNode, newEntryId, node } from "@outgraph/events";
import { expect, test } from "vitest";
import { at } from "./at.ts";
import { decode } from "./decode.ts";
import { entryOf } from "./test/entries.ts";

test("an entry that was forgotten is decoded again when it is asked for, as it was", () => {
  const id = newEntryId();
  const thing = mergeNode(node("Thing", { id: "a" }), { set: { name: "one" } });
  const body = encodeEntry(entryOf([thing, thing], id));
  const pending = decode({ id, at: at(7n), version: 1, body }, { ms: 0, coarse: false });
  const first = pending.entry;
  expect(pending.entry).toBe(first);

  pending.forget();

  expect(pending.entry).not.toBe(first);
  expect(pending.entry).toEqual(first);
  expect(pending).toMatchObject({ id, rows: 2, bytes: body.length });
});
