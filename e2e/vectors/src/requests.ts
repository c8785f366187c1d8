import { create } from "@bufbuild/protobuf";
import {
  type AppendRequest,
  AppendRequestSchema,
  edge,
  mergeEdge,
  mergeNode,
  node,
} from "@outgraph/events";
import { MUTATIONS } from "./mutations.ts";

const ID = "019b7ca9-8f2e-7359-ae12-ca11e5d62816";
const HAPPENED = { type: "vectors.v1.Happened" };
/** {_id: "a"}, as BSON. */
const A = Uint8Array.from([0x10, 0, 0, 0, 2, 0x5f, 0x69, 0x64, 0, 2, 0, 0, 0, 0x61, 0, 0]);
const json = (extendedJson: string) =>
  ({ format: { case: "extendedJson", value: extendedJson } }) as const;
const bson = { format: { case: "bson", value: A } } as const;

/** Whole requests: what a digest is taken of, and every kind of document write. */
export const REQUESTS: Readonly<Record<string, AppendRequest>> = {
  least: request({ entry: { source: "v", events: [HAPPENED] } }),
  "with an id": request({ entry: { id: ID, source: "v", events: [HAPPENED] } }),
  "another source, the same content": request({
    entry: { id: ID, source: "w", partition: "p", events: [HAPPENED] },
  }),
  "at a time, the same content": request({
    entry: {
      source: "v",
      events: [{ ...HAPPENED, occurredAt: { seconds: -1n, nanos: 999_999_999 } }],
    },
  }),
  "with a trace, the same content": request({
    entry: { source: "v", events: [HAPPENED] },
    traceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  }),
  "with a payload": request({
    entry: {
      source: "v",
      events: [
        {
          ...HAPPENED,
          payload: { typeUrl: "type.example/v.V", value: Uint8Array.from([8, 1]) },
        },
      ],
    },
  }),
  "with two events": request({
    entry: {
      source: "v",
      events: [
        { ...HAPPENED, mutations: [mergeNode(node("A", { id: 1n }), { set: { b: 1n, a: 2n } })] },
        {
          type: "vectors.v1.Linked",
          mutations: [mergeEdge(edge("T", node("A", { id: 1n }), node("B", { x: "1", a: "2" })))],
        },
      ],
    },
  }),
  "with every mutation": request({
    entry: { source: "v", events: [{ ...HAPPENED, mutations: Object.values(MUTATIONS) }] },
  }),
  "insert as BSON": writing({
    collection: "c",
    operation: { case: "insertOne", value: { document: bson } },
  }),
  "insert as Extended JSON, other content": writing({
    collection: "c",
    operation: { case: "insertOne", value: { document: json('{"_id":"a"}') } },
  }),
  replace: writing({
    database: "d",
    collection: "c",
    operation: {
      case: "replaceOne",
      value: {
        filter: bson,
        replacement: json("{}"),
        upsert: true,
        collation: json('{"locale":"de"}'),
        hint: { index: { case: "name", value: "_id_" } },
      },
    },
    expectedMatches: 0n,
  }),
  "update one": writing({
    collection: "c",
    operation: {
      case: "updateOne",
      value: {
        filter: bson,
        change: { case: "operators", value: json('{"$set":{"a.$[x]":1}}') },
        upsert: true,
        arrayFilters: [json('{"x":{"$gt":0}}')],
        collation: json('{"locale":"de"}'),
        hint: { index: { case: "keys", value: json('{"_id":1}') } },
      },
    },
    expectedMatches: 1n,
  }),
  "update many by a pipeline": writing({
    collection: "c",
    operation: {
      case: "updateMany",
      value: {
        filter: json("{}"),
        change: { case: "pipeline", value: { stages: [json('{"$unset":"a"}')] } },
      },
    },
  }),
  "delete one": writing({
    collection: "c",
    operation: { case: "deleteOne", value: { filter: bson, collation: json('{"locale":"de"}') } },
    expectedMatches: 1n,
  }),
  "delete many": writing({
    collection: "c",
    operation: {
      case: "deleteMany",
      value: { filter: json("{}"), hint: { index: { case: "name", value: "_id_" } } },
    },
  }),
};

type RequestInit = Parameters<typeof create<typeof AppendRequestSchema>>[1];
type WriteInit = NonNullable<NonNullable<RequestInit>["writes"]>[number];

function request(init: RequestInit): AppendRequest {
  return create(AppendRequestSchema, init);
}

function writing(write: WriteInit): AppendRequest {
  return request({ entry: { id: ID, source: "v", events: [HAPPENED] }, writes: [write] });
}
