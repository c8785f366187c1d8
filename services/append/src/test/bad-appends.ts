import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  deleteOne,
  documentOf,
  extendedJson,
  insertOne,
  replaceOne,
  updateMany,
  updateOne,
} from "@outgraph/client";
import {
  type AppendRequest,
  accumulate,
  type DocumentWrite,
  edge,
  type Mutation,
  MutationSchema,
  mergeEdge,
  mergeNode,
  newEntryId,
  node,
  toValue,
} from "@outgraph/events";
import { COLLECTION } from "@outgraph/outbox";
import { request } from "./requests.ts";

/** A good first write, so that a half-written append would show. */
const first = insertOne("files", { _id: "half" });

/** An append whose second write is this one. */
export function withWrite(write: DocumentWrite): AppendRequest {
  return request([first, write]);
}

/** An append with these mutations. */
export function withMutations(...mutations: Mutation[]): AppendRequest {
  const of = request([first]);
  of.entry!.events[0]!.mutations = mutations;
  return of;
}

const A = node("A", { id: 1n });

/** Made by a newer version: a field that this one does not know. */
export function newerMutation(): Mutation {
  const mutation = create(MutationSchema);
  mutation.$unknown = [{ no: 99, wireType: 2, data: new Uint8Array([0]) }];
  return mutation;
}

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

/** What is wrong, the append, its code, and the path that is told. */
type BadAppend = [name: string, bad: () => AppendRequest, code: Code, field: string | undefined];
/** Everything wrong that one append can say; each has a good write before it. */
export const BAD_APPENDS: BadAppend[] = [
  [
    "an unknown collection",
    () => withWrite(insertOne("fils", {})),
    Code.NotFound,
    "writes[1].collection",
  ],
  [
    "an unknown database",
    () => withWrite(insertOne("files", {}, { database: "no_such_db" })),
    Code.NotFound,
    "writes[1].collection",
  ],
  [
    "malformed BSON",
    () =>
      withWrite(
        insertOne("files", {
          ...documentOf({}),
          format: { case: "bson", value: new Uint8Array([9, 0, 0, 0, 1]) },
        }),
      ),
    Code.InvalidArgument,
    "writes[1].insert_one.document.bson",
  ],
  [
    "malformed Extended JSON",
    () => withWrite(insertOne("files", extendedJson('{"a":'))),
    Code.InvalidArgument,
    "writes[1].insert_one.document.extended_json",
  ],
  [
    "a document too deep",
    () => withWrite(insertOne("files", extendedJson(nested(300)))),
    Code.InvalidArgument,
    "writes[1].insert_one.document.extended_json",
  ],
  [
    "a malformed filter",
    () => withWrite(deleteOne("files", extendedJson("[]"))),
    Code.InvalidArgument,
    "writes[1].delete_one.filter.extended_json",
  ],
  [
    "a filter that MongoDB refuses",
    () => withWrite(updateOne("files", { a: { $nope: 1 } }, { $set: { b: 1 } })),
    Code.InvalidArgument,
    "writes[1].update_one",
  ],
  [
    "an update that MongoDB refuses",
    () => withWrite(updateOne("files", {}, { $nope: { b: 1 } })),
    Code.InvalidArgument,
    "writes[1].update_one",
  ],
  [
    "a pipeline that MongoDB refuses",
    () => withWrite(updateMany("files", {}, [{ $nope: 1 }])),
    Code.InvalidArgument,
    "writes[1].update_many",
  ],
  [
    "an index that is not there",
    () => withWrite(deleteOne("files", {}, { hint: "nope_1" })),
    Code.InvalidArgument,
    "writes[1].delete_one",
  ],
  [
    "a locale that is none",
    () => withWrite(deleteOne("files", {}, { collation: { locale: "xx_none" } })),
    Code.InvalidArgument,
    "writes[1].delete_one",
  ],
  [
    "a replacement with operators",
    () => withWrite(replaceOne("files", {}, { $set: { a: 1 } })),
    Code.InvalidArgument,
    "writes[1].replace_one.replacement",
  ],
  [
    "an _id that cannot change",
    () => withWrite(updateOne("files", { _id: "there" }, { $set: { _id: "x" } })),
    Code.InvalidArgument,
    "writes[1].update_one",
  ],
  [
    "a document that breaks its collection's rules",
    () => withWrite(insertOne("checked", { n: -1 })),
    Code.InvalidArgument,
    "writes[1].insert_one",
  ],
  [
    "a collection name that is none",
    () => withWrite(insertOne("a$b", {})),
    Code.InvalidArgument,
    "writes[1].collection",
  ],
  [
    "a match count for an insert",
    () => withWrite({ ...insertOne("files", {}), expectedMatches: 1n }),
    Code.InvalidArgument,
    "writes[1].expected_matches",
  ],
  [
    "a duplicate key",
    () => withWrite(insertOne("files", { _id: "there" })),
    Code.AlreadyExists,
    "writes[1].insert_one",
  ],
  [
    "a match count that is not met",
    () => withWrite(deleteOne("files", { _id: "none" }, { expectedMatches: 1 })),
    Code.FailedPrecondition,
    "writes[1].delete_one",
  ],
  [
    "a match count beyond every number",
    () => withWrite({ ...deleteOne("files", {}), expectedMatches: 2n ** 62n }),
    Code.FailedPrecondition,
    "writes[1].delete_one",
  ],
  [
    "a write to the outbox",
    () => withWrite(insertOne(COLLECTION.acks, { _id: "0/1" })),
    Code.PermissionDenied,
    "writes[1].collection",
  ],
  [
    "a write to a system collection",
    () => withWrite(insertOne("system.views", {})),
    Code.PermissionDenied,
    "writes[1].collection",
  ],
  [
    "a script in a filter",
    () => withWrite(deleteOne("files", { $where: "sleep(1)" })),
    Code.PermissionDenied,
    "writes[1].delete_one.filter.bson",
  ],
  [
    "an id that is no UUIDv7",
    () => request([first], "0190a0a0-0000-4000-8000-000000000001"),
    Code.InvalidArgument,
    "entry.id",
  ],
  [
    "an id in upper case",
    () => request([first], newEntryId().toUpperCase()),
    Code.InvalidArgument,
    "entry.id",
  ],
  [
    "no source",
    () => ({ ...request([first]), entry: { ...request().entry!, source: "" } }),
    Code.InvalidArgument,
    "entry.source",
  ],
  [
    "no events",
    () => ({ ...request([first]), entry: { ...request().entry!, events: [] } }),
    Code.InvalidArgument,
    "entry.events",
  ],
  [
    "an invalid label",
    () => withMutations(mergeNode(node("bad label", { id: 1n }))),
    Code.InvalidArgument,
    "entry.events[0].mutations[0].merge_node.node.label",
  ],
  [
    "a label that breaks out of Cypher",
    () => withMutations(mergeNode(node("A`) DETACH DELETE (n", { id: 1n }))),
    Code.InvalidArgument,
    "entry.events[0].mutations[0].merge_node.node.label",
  ],
  [
    "a reserved label",
    () => withMutations(mergeNode(node("OutgraphLane", { id: 1n }))),
    Code.InvalidArgument,
    "entry.events[0].mutations[0].merge_node.node.label",
  ],
  [
    "an invalid property name",
    () => withMutations(mergeNode(A, { set: { "a.b": 1n } })),
    Code.InvalidArgument,
    'entry.events[0].mutations[0].merge_node.set["a.b"]',
  ],
  [
    "an invalid relationship type",
    () => withMutations(mergeEdge(edge("HAS-A", A, A))),
    Code.InvalidArgument,
    "entry.events[0].mutations[0].merge_edge.edge.type",
  ],
  [
    "a key of a wrong type",
    () => withMutations(mergeNode(node("A", { id: 1.5 }))),
    Code.InvalidArgument,
    'entry.events[0].mutations[0].merge_node.node.key["id"]',
  ],
  [
    "a text that is added",
    () => withMutations(accumulate(A, { add: { n: "1" } })),
    Code.InvalidArgument,
    'entry.events[0].mutations[0].accumulate.add["n"]',
  ],
  [
    "a value of no type",
    () =>
      withMutations(mergeNode(A, { set: { n: { ...toValue(1n), kind: { case: undefined } } } })),
    Code.InvalidArgument,
    'entry.events[0].mutations[0].merge_node.set["n"].kind',
  ],
  [
    "a mutation of a newer version",
    () => withMutations(mergeNode(A), newerMutation()),
    Code.Unimplemented,
    "entry.events[0].mutations[1]",
  ],
  [
    "an entry above 8 MiB",
    () => withMutations(mergeNode(A, { set: { t: "x".repeat(8 * 1024 * 1024) } })),
    Code.ResourceExhausted,
    "entry",
  ],
  [
    "a request above 16 MiB",
    () => withWrite(insertOne("files", { t: "x".repeat(17 * 1024 * 1024) })),
    Code.ResourceExhausted,
    undefined,
  ],
];
