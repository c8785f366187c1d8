import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type Mutation, MutationSchema, projectionDiff } from "@outgraph/events";
import { orderPlaced, orderShipped } from "./events.ts";
import { OrderPlacedSchema, OrderShippedSchema, ProductSchema } from "./gen/shop/v1/shop_pb.ts";
import { projectProduct } from "./products.ts";

/** What one event, or one change of a product, comes to in every language. */
export type Golden = EventCase | ProductCase;

interface EventCase {
  readonly name: string;
  readonly type: "shop.v1.OrderPlaced" | "shop.v1.OrderShipped";
  /** In protobuf's JSON. */
  readonly event: JsonValue;
  /** In protobuf's JSON. */
  readonly mutations: readonly JsonValue[];
}

interface ProductCase {
  readonly name: string;
  /** In protobuf's JSON; null before it was made. */
  readonly before: JsonValue;
  /** In protobuf's JSON; null after it was deleted. */
  readonly after: JsonValue;
  /** In protobuf's JSON. */
  readonly mutations: readonly JsonValue[];
}

/** What TypeScript makes of a case. */
export function mutationsOf(golden: Golden): readonly Mutation[] {
  if ("event" in golden) {
    switch (golden.type) {
      case "shop.v1.OrderPlaced":
        return orderPlaced.of(fromJson(OrderPlacedSchema, golden.event)).mutations;
      case "shop.v1.OrderShipped":
        return orderShipped.of(fromJson(OrderShippedSchema, golden.event)).mutations;
    }
  }
  const project = (json: JsonValue) =>
    json === null ? undefined : projectProduct(fromJson(ProductSchema, json));
  return projectionDiff(project(golden.before), project(golden.after));
}

/** Mutations as they stand in the golden file. */
export function jsonOf(mutations: readonly Mutation[]): JsonValue[] {
  return mutations.map((mutation) => toJson(MutationSchema, mutation));
}
