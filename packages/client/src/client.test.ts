import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport, type ServiceImpl } from "@connectrpc/connect";
import {
  type AppendRequest,
  BadRequestSchema,
  EntryState,
  isEntryId,
  mergeNode,
  node,
  OutboxService,
} from "@outgraph/events";
import { deserialize, Long, ObjectId, serialize } from "bson";
import { expect, test } from "vitest";
import { createOutgraphClient } from "./client.ts";
import { CancelledError, InvalidArgumentError, NotFoundError } from "./errors.ts";
import {
  deleteMany,
  extendedJson,
  insertOne,
  replaceOne,
  updateMany,
  updateOne,
} from "./writes.ts";

function given(service: Partial<ServiceImpl<typeof OutboxService>>) {
  const transport = createRouterTransport((router) => router.service(OutboxService, service));
  return createOutgraphClient({ url: "http://none", source: "test", transport });
}

test("a repeat goes with the same id and the same bytes", async () => {
  const seen: AppendRequest[] = [];
  const client = given({
    append(request) {
      seen.push(request);
      if (seen.length < 3) throw new ConnectError("MongoDB is away", Code.Unavailable);
      return { receipt: { entryId: request.entry!.id }, replayed: true };
    },
  });

  const { entryId, replayed } = await client.append({
    events: [{ type: "a.B", mutations: [mergeNode(node("A", { id: 1n }))] }],
  });

  expect(replayed).toBe(true);
  expect(isEntryId(entryId)).toBe(true);
  expect(seen.map((request) => request.entry!.id)).toEqual([entryId, entryId, entryId]);
  expect(seen[0]!.entry).toMatchObject({ source: "test", events: [{ type: "a.B" }] });
});

test("documents travel as BSON with every type kept, and come back so", async () => {
  const id = new ObjectId();
  let sent: AppendRequest | undefined;
  const client = given({
    append(request) {
      sent = request;
      return {
        receipt: {
          entryId: request.entry!.id,
          documents: [
            { inserted: 1n, id: { format: { case: "bson", value: serialize({ _id: id }) } } },
            { matched: 2n, modified: 1n },
          ],
        },
      };
    },
  });

  const { documents } = await client.append({
    events: [{ type: "a.B" }],
    writes: [
      insertOne("files", { _id: id, size: Long.fromString("9007199254740993"), gone: undefined }),
      updateMany(
        "files",
        { size: { $gt: 1 } },
        { $set: { big: true } },
        { expectedMatches: 2, hint: "size_1", database: "app" },
      ),
      updateOne("files", {}, [{ $unset: "x" }], { upsert: true, arrayFilters: [{ a: 1 }] }),
      replaceOne("files", { _id: 1 }, extendedJson('{"n":{"$numberDecimal":"1"}}')),
      deleteMany("files", { _id: 2 }, { hint: { _id: 1 }, collation: { locale: "sv" } }),
    ],
  });

  expect(documents).toEqual([
    { inserted: 1, matched: 0, modified: 0, deleted: 0, id },
    { inserted: 0, matched: 2, modified: 1, deleted: 0 },
  ]);
  const operations = sent!.writes.map(({ operation }) => operation);
  const inserted = operations[0]!;
  const bson = inserted.case === "insertOne" ? inserted.value.document!.format.value : undefined;
  expect(deserialize(bson as Uint8Array, { promoteLongs: false })).toEqual({
    _id: id,
    size: Long.fromString("9007199254740993"),
    gone: null,
  });
  expect(operations).toMatchObject([
    { case: "insertOne" },
    { case: "updateMany", value: { hint: { index: { case: "name", value: "size_1" } } } },
    { case: "updateOne", value: { upsert: true, change: { case: "pipeline" } } },
    { case: "replaceOne", value: { replacement: { format: { case: "extendedJson" } } } },
    { case: "deleteMany", value: { hint: { index: { case: "keys" } } } },
  ]);
  expect(sent!.writes[1]).toMatchObject({ expectedMatches: 2n, database: "app" });
});

test("an error carries its field paths", async () => {
  const client = given({
    append() {
      const value = create(BadRequestSchema, {
        fieldViolations: [{ field: "entry.source", description: "is too long" }],
      });
      throw new ConnectError("1 field", Code.InvalidArgument, undefined, [
        { desc: BadRequestSchema, value },
      ]);
    },
  });

  const error = await client.append({ events: [{ type: "a.B" }] }).catch((e: unknown) => e);

  expect(error).toBeInstanceOf(InvalidArgumentError);
  expect(error).toMatchObject({
    fieldViolations: [{ field: "entry.source", description: "is too long" }],
  });
});

test("an entry is read in words of this language, or is not there", async () => {
  const client = given({
    getEntry({ id }) {
      if (id === "none") throw new ConnectError("no entry none", Code.NotFound);
      return { entry: { id }, state: EntryState.PARKED, reason: "no such end", at: { seconds: 7 } };
    },
  });

  expect(await client.getEntry("a")).toMatchObject({
    entry: { id: "a" },
    state: "parked",
    reason: "no such end",
    at: { seconds: 7, increment: 0 },
  });
  await expect(client.getEntry("none")).rejects.toBeInstanceOf(NotFoundError);
});

test("a wait asks again until all is decided, and gives what is there when the time is up", async () => {
  const asked: number[] = [];
  const client = given({
    waitApplied({ ids, timeout }) {
      asked.push(Number(timeout!.seconds));
      const state = asked.length < 3 ? EntryState.PENDING : EntryState.APPLIED;
      return { entries: ids.map((id) => ({ id, state })), bookmarks: ["b1"] };
    },
  });

  const all = await client.waitApplied(["x", "y"], { timeoutMs: 100_000 });
  const late = await given({
    waitApplied: ({ ids }) => ({ entries: ids.map((id) => ({ id, state: EntryState.PENDING })) }),
  }).waitApplied(["x"], { timeoutMs: 0 });

  expect(all).toEqual({
    entries: [
      { id: "x", state: "applied" },
      { id: "y", state: "applied" },
    ],
    bookmarks: ["b1"],
  });
  expect(asked[0]).toBe(30);
  expect(late.entries).toEqual([{ id: "x", state: "pending" }]);
});

test("close ends calls under way and takes no more", async () => {
  const entered = Promise.withResolvers<void>();
  const client = given({
    append: () => {
      entered.resolve();
      return new Promise(() => undefined);
    },
  });
  const call = client.append({ events: [{ type: "a.B" }] });
  call.catch(() => undefined);
  await entered.promise;

  client.close();

  await expect(call).rejects.toBeInstanceOf(CancelledError);
  await expect(client.append({ events: [] })).rejects.toThrow(/the client is closed/);
});
