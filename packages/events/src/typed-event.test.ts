import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { DateSchema } from "./gen/outgraph/graph/v1/value_pb.ts";
import { mergeNode, node } from "./mutations.ts";
import { defineEvent } from "./typed-event.ts";

// Any message will do for a typed event: here one that is at hand.
const dayBegan = defineEvent(DateSchema, ({ epochDays }) => [
  mergeNode(node("Day", { n: BigInt(epochDays) })),
]);

test("a typed event carries its message, its full name and what it projects to", () => {
  const occurredAt = new Date(0);

  const event = dayBegan.of({ epochDays: 7 }, { occurredAt });

  expect(event.type).toBe("outgraph.graph.v1.Date");
  expect(event.mutations).toEqual([mergeNode(node("Day", { n: 7n }))]);
  expect(anyUnpack(event.payload, DateSchema)?.epochDays).toBe(7);
  expect(event.occurredAt).toBe(occurredAt);
  expect(dayBegan.of({ epochDays: 7 })).not.toHaveProperty("occurredAt");
});
