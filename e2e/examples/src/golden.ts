import { type DescMessage, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type EventType, type Mutation, MutationSchema, projectionDiff } from "@outgraph/events";
import { ProductSchema } from "./gen/shop/v1/shop_pb.ts";
import { SourceFileSchema } from "./gen/xmem/v1/xmem_pb.ts";
import * as shop from "./shop/events.ts";
import { projectProduct } from "./shop/products.ts";
import * as xmem from "./xmem/events.ts";
import { projectFile } from "./xmem/files.ts";

/** The files of golden cases, one for each schema. */
export const FILES: readonly URL[] = ["shop", "xmem"].map(
  (name) => new URL(`../golden/${name}.json`, import.meta.url),
);

/** What one event, or one change of a document, comes to in every language. */
export type Golden = EventCase | DocumentCase;

interface EventCase {
  readonly name: string;
  /** "shop.v1.OrderPlaced" */
  readonly type: string;
  /** In protobuf's JSON. */
  readonly event: JsonValue;
  /** In protobuf's JSON. */
  readonly mutations: readonly JsonValue[];
}

interface DocumentCase {
  readonly name: string;
  /** "shop.v1.Product" */
  readonly document: string;
  /** In protobuf's JSON; null before it was made. */
  readonly before: JsonValue;
  /** In protobuf's JSON; null after it was deleted. */
  readonly after: JsonValue;
  /** In protobuf's JSON. */
  readonly mutations: readonly JsonValue[];
}

/** All events of the examples. */
export const EVENTS: readonly EventType<DescMessage>[] = [
  ...Object.values(shop),
  ...Object.values(xmem),
] as unknown as EventType<DescMessage>[];

const DOCUMENTS = {
  "shop.v1.Product": (json: JsonValue) => projectProduct(fromJson(ProductSchema, json)),
  "xmem.v1.SourceFile": (json: JsonValue) => projectFile(fromJson(SourceFileSchema, json)),
};

/** What TypeScript makes of a case. */
export function mutationsOf(golden: Golden): readonly Mutation[] {
  if ("event" in golden) {
    const type = EVENTS.find(({ schema }) => schema.typeName === golden.type);
    if (type === undefined) throw new Error(`no event is called ${golden.type}`);
    return type.of(fromJson(type.schema, golden.event)).mutations;
  }
  const project = DOCUMENTS[golden.document as keyof typeof DOCUMENTS];
  const side = (json: JsonValue) => (json === null ? undefined : project(json));
  return projectionDiff(side(golden.before), side(golden.after));
}

/** Mutations as they stand in the golden file. */
export function jsonOf(mutations: readonly Mutation[]): JsonValue[] {
  return mutations.map((mutation) => toJson(MutationSchema, mutation));
}
