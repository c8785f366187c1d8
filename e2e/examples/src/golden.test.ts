import { readFileSync } from "node:fs";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { MutationSchema } from "@outgraph/events";
import { expect, test } from "vitest";
import { OrderPlacedSchema } from "./gen/shop/v1/shop_pb.ts";
import { EVENTS, FILES, type Golden, mutationsOf } from "./golden.ts";
import { orderPlaced } from "./shop/events.ts";

const cases = FILES.flatMap((file) => JSON.parse(readFileSync(file, "utf8")) as Golden[]);

test("every event has a golden case", () => {
  const told = new Set(cases.flatMap((golden) => ("event" in golden ? golden.type : [])));

  expect([...told].sort()).toEqual(EVENTS.map(({ schema }) => schema.typeName).sort());
});

test.each(cases)("TypeScript makes the golden mutations of $name", (golden) => {
  const wanted = golden.mutations.map((json: JsonValue) => fromJson(MutationSchema, json));

  expect(mutationsOf(golden)).toEqual(wanted);
});

test("an event carries its own message for other consumers", () => {
  const event = orderPlaced.of({ orderId: "o-17", customerId: "c-4" });

  expect(event.type).toBe("shop.v1.OrderPlaced");
  expect(anyUnpack(event.payload, OrderPlacedSchema)?.customerId).toBe("c-4");
});
