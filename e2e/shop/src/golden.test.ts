import { readFileSync } from "node:fs";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { MutationSchema } from "@outgraph/events";
import { expect, test } from "vitest";
import { orderPlaced } from "./events.ts";
import { OrderPlacedSchema } from "./gen/shop/v1/shop_pb.ts";
import { type Golden, mutationsOf } from "./golden.ts";

const FILE = new URL("../golden/shop.json", import.meta.url);
const cases = JSON.parse(readFileSync(FILE, "utf8")) as Golden[];

test.each(cases)("TypeScript makes the golden mutations of $name", (golden) => {
  const wanted = golden.mutations.map((json: JsonValue) => fromJson(MutationSchema, json));

  expect(mutationsOf(golden)).toEqual(wanted);
});

test("an event carries its own message for other consumers", () => {
  const event = orderPlaced.of({ orderId: "o-17", customerId: "c-4" });

  expect(event.type).toBe("shop.v1.OrderPlaced");
  expect(anyUnpack(event.payload, OrderPlacedSchema)?.customerId).toBe("c-4");
});
