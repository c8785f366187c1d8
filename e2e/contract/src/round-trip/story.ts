import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  accumulate,
  createEdge,
  deleteEdge,
  deleteEdges,
  deleteNode,
  deleteNodes,
  type Entry,
  EntrySchema,
  edge,
  edgesWhere,
  entryIdFor,
  int,
  type Mutation,
  mergeEdge,
  mergeEdges,
  mergeNode,
  node,
  nodesWhere,
  updateEdges,
  updateNodes,
  ValueSchema,
} from "@outgraph/events";

const VALUES = join(import.meta.dirname, "../../../vectors/golden/values.json");

const at = new Date("2026-01-02T03:04:05.678Z");

/**
 * Entries that set every golden value and use every kind of mutation, in the order in which they are
 * to be told. Their ids are always the same.
 */
export async function story(): Promise<Entry[]> {
  return [
    told("values", { partition: "values" }, await everyValue()),
    told("ends first", {}, [
      mergeEdge(defines, { set: { line: int(3) } }),
      mergeNode(gone, { set: { x: int(1) } }),
    ]),
    told("nodes", {}, [
      mergeNode(file, { set: { size: int(1), ratio: 1, old: true }, addLabels: ["StorySource"] }),
      mergeNode(f, { set: { calls: int(1), lines: [int(1)] } }),
      accumulate(f, { add: { calls: int(2), weight: 0.5 }, append: { lines: [int(2), int(3)] } }),
      accumulate(defines, { add: { seen: int(1) } }),
    ]),
    told("edges", {}, [
      mergeNode(file, { set: { size: int(2) }, unset: ["old"] }),
      mergeEdge(calls(1)),
      mergeEdge(calls(2)),
      mergeEdge(edge("STORY_CALLS", f, symbol("absent"), { line: int(9) }), {
        absentEnds: "if_present",
      }),
      deleteEdge(calls(2)),
      deleteNode(gone),
    ]),
    told("once more", {}, [saw, saw]),
    told("by match", {}, [
      updateNodes(symbols, { set: { stale: true }, unset: ["weight"] }),
      mergeEdges("STORY_IN", symbols, sources, { key: { k: int(1) }, set: { x: int(1) } }),
      updateEdges(edgesWhere("STORY_IN", { from: symbols }), { set: { x: int(2) } }),
    ]),
    told("less", {}, [
      deleteEdges(
        edgesWhere(
          "STORY_IN",
          { from: nodesWhere("StorySymbol", { name: "g" }), to: sources },
          { x: int(2) },
        ),
      ),
      deleteNodes(nodesWhere("StoryValue", { name: "true" })),
    ]),
    told("nothing for the graph", {}, []),
  ];
}

const symbol = (name: string) => node("StorySymbol", { name });
const file = node("StoryFile", { repo: "r", path: "src/größe.ts" });
const f = symbol("f");
const g = symbol("g");
const gone = symbol("gone");
const defines = edge("STORY_DEFINES", file, f);
const calls = (line: number) => edge("STORY_CALLS", f, g, { line: int(line) });
const saw = createEdge("STORY_SAW", f, file, { at: 1.5 });
const symbols = nodesWhere("StorySymbol");
const sources = nodesWhere("StorySource");

async function everyValue(): Promise<Mutation[]> {
  const rows = JSON.parse(await readFile(VALUES, "utf8")) as { name: string; bytes: string }[];
  return rows.map(({ name, bytes }) => {
    const v = fromBinary(ValueSchema, Buffer.from(bytes, "base64"));
    return mergeNode(node("StoryValue", { name }), { set: { v } });
  });
}

function told(name: string, { partition = "" }, mutations: Mutation[]): Entry {
  const events = [
    { type: "story.v1.Told", mutations },
    { type: "story.v1.Ended" },
    { type: "story.v1.Told" },
  ];
  return create(EntrySchema, { id: entryIdFor(at, name), source: "story", partition, events });
}

/** As a runner takes it. */
export function encoded(entry: Entry): string {
  return Buffer.from(toBinary(EntrySchema, entry)).toString("base64");
}
