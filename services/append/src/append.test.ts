import { create } from "@bufbuild/protobuf";
import { insertOne } from "@outgraph/client";
import { MutationSchema } from "@outgraph/events";
import { signals } from "@outgraph/telemetry";
import { beforeEach, expect, test } from "vitest";
import { type AppendParts, appendAll } from "./append.ts";
import { type AppendSignals, toldTo } from "./signals.ts";
import { MemoryAppendStore } from "./test/memory-append-store.ts";
import { request } from "./test/requests.ts";

const RULES = { database: "app", backlogEntriesMax: 100 };
const CALL = { timeoutMs: 1_000, signal: new AbortController().signal };

let store: MemoryAppendStore;
let backlog: number | undefined;
let heard: [string, object][];
let parts: AppendParts;
beforeEach(() => {
  store = new MemoryAppendStore();
  store.collections.set("app.files", []);
  backlog = undefined;
  heard = [];
  const told = signals<AppendSignals>();
  for (const name of ["append.committed", "append.refused"] as const) {
    told.on(name, (payload) => heard.push([name, payload]));
  }
  parts = { store, backlog: { entries: () => backlog }, tell: toldTo(told) };
});

const unsupported = () => {
  const of = request([insertOne("files", { _id: 9 })]);
  of.entry!.events[0]!.mutations = [create(MutationSchema)]; // of a newer version
  return of;
};

test("results stand in the order of the requests, refused ones among them", async () => {
  const results = await appendAll(
    [
      unsupported(),
      request([insertOne("files", { _id: 1 })]),
      request([insertOne("nowhere", {})]),
      request([insertOne("files", { _id: 2 })]),
      request([], "no-id"),
    ],
    parts,
    RULES,
    CALL,
  );

  expect(results).toMatchObject([
    { kind: "unsupported" },
    { replayed: false },
    { kind: "collection_not_found" },
    { replayed: false },
    { kind: "invalid" },
  ]);
  expect(store.collections.get("app.files")).toHaveLength(2);
});

test("every append is told of once, with its outcome", async () => {
  const good = request([insertOne("files", { _id: 1 })]);

  await appendAll([good, unsupported(), good], parts, RULES, CALL);

  expect(heard).toMatchObject([
    [
      "append.committed",
      { entryId: good.entry!.id, source: "test", writes: 1, events: 1, replayed: false },
    ],
    ["append.refused", { kind: "unsupported", code: "unimplemented" }],
    ["append.committed", { replayed: true }],
  ]);
});

test.each([
  ["below the cap", 99, RULES, { replayed: false }],
  ["at the cap", 100, RULES, { kind: "backlog_full", entries: 100, max: 100 }],
  ["above it", 5_000, RULES, { kind: "backlog_full", entries: 5_000 }],
  ["without a cap", 5_000, { ...RULES, backlogEntriesMax: 0 }, { replayed: false }],
  ["when no relay has said anything", undefined, RULES, { replayed: false }],
])("a backlog %s", async (_, entries, rules, outcome) => {
  backlog = entries;

  const [result] = await appendAll([request([insertOne("files", { _id: 1 })])], parts, rules, CALL);

  expect(result).toMatchObject(outcome);
  expect(store.entries.size).toBe("replayed" in outcome ? 1 : 0);
});

test("a malformed append is told so even when the backlog is full", async () => {
  backlog = 100;

  expect(await appendAll([unsupported()], parts, RULES, CALL)).toMatchObject([
    { kind: "unsupported" },
  ]);
});
