import { create } from "@bufbuild/protobuf";
import {
  accumulate,
  edge,
  type List,
  ListSchema,
  type Mutation,
  mergeEdge,
  mergeNode,
  node,
  type Value,
  ValueSchema,
} from "@outgraph/events";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fold } from "./fold.ts";
import { compilePlan } from "./plan.ts";
import type { ListKind } from "./property-changes.ts";
import { entryOf } from "./test/entries.ts";
import { encode, Graph, Refused } from "./test/graph.ts";

let graph: Graph;
beforeAll(() => {
  graph = new Graph();
});
beforeEach(() => graph.wipe());
afterAll(() => graph.close());

const commit = (...mutations: Mutation[]) => {
  return graph.commit(compilePlan(fold([entryOf(mutations)]), { encode }));
};

const a = node("A", { id: 1n, day: dateOf(1) });
const b = node("B", { id: "it's \\u0027 b" });
const ab = edge("T", a, b, { on: true });

function dateOf(epochDays: number): Value {
  return create(ValueSchema, { kind: { case: "dateValue", value: { epochDays } } });
}

test.each<[string, Mutation[], string]>([
  [
    "an edge whose start is not there",
    [mergeNode(b), mergeEdge(ab, { absentEnds: "require" })],
    "(:A {day: 1970-01-02, id: 1}) is not there, and required by " +
      "(:A {day: 1970-01-02, id: 1})-[:T {on: true}]->(:B {id: it's \\u0027 b})",
  ],
  [
    "an edge whose end is not there",
    [mergeNode(a), mergeEdge(ab, { absentEnds: "require" })],
    "(:B {id: it's \\u0027 b}) is not there, and required by " +
      "(:A {day: 1970-01-02, id: 1})-[:T {on: true}]->(:B {id: it's \\u0027 b})",
  ],
  [
    "a sum of a text",
    [mergeNode(b, { set: { n: "text" } }), accumulate(b, { add: { n: 1n } })],
    "cannot add to n of (:B {id: it's \\u0027 b}): it is no number",
  ],
  [
    "a sum of a list, of an edge",
    [mergeEdge(ab, { set: { n: [1n] } }), accumulate(ab, { add: { n: 1n } })],
    "cannot add to n of (:A {day: 1970-01-02, id: 1})-[:T {on: true}]->(:B {id: it's \\u0027 b}): " +
      "it is no number",
  ],
  [
    "an item after a number",
    [mergeNode(b, { set: { n: 1n } }), accumulate(b, { append: { n: [1n] } })],
    "cannot append to n of (:B {id: it's \\u0027 b}): it is no list of integers",
  ],
  [
    "floats after integers, which Neo4j would turn into floats",
    [mergeNode(b, { set: { n: [1n] } }), accumulate(b, { append: { n: [0.5] } })],
    "cannot append to n of (:B {id: it's \\u0027 b}): it is no list of floats",
  ],
  [
    "an empty list after a text",
    [mergeNode(b, { set: { n: "text" } }), accumulate(b, { append: { n: [] } })],
    "cannot append to n of (:B {id: it's \\u0027 b}): it is no list",
  ],
])("%s is refused by the server, in words, and nothing changes", async (_, mutations, words) => {
  await expect(commit(mergeNode(node("Other", { id: 1n })), ...mutations)).rejects.toThrow(
    new Refused(words),
  );

  expect(await graph.listing()).toEqual({ nodes: [], edges: [] });
});

test("a refusal that no row asks for is not evaluated", async () => {
  const required = mergeEdge(ab, { absentEnds: "require" });
  await commit(mergeNode(a), mergeNode(b));

  await commit(required, accumulate(ab, { add: { n: 1n }, append: { l: ["x"] } }));
  await commit(required, accumulate(ab, { add: { n: 0.5 }, append: { l: ["y"] } }));

  expect((await graph.listing()).edges).toEqual([
    expect.stringContaining('[T {l: ["x", "y"], n: 1.5, on: true}]'),
  ]);
});

const POINT = { srid: 7203, x: 1, y: 2 };
const MOMENT = { epochSeconds: 1n, nanos: 0 };
const LISTS: Readonly<Record<Exclude<ListKind, "empty">, { list: List["items"]; item: string }>> = {
  bools: { list: items("bools", [true]), item: "true" },
  int64s: { list: items("int64s", [1n]), item: "1" },
  doubles: { list: items("doubles", [0.5]), item: "0.5" },
  strings: { list: items("strings", ["a"]), item: "'a'" },
  dates: { list: items("dates", [{ epochDays: 1 }]), item: "date()" },
  localTimes: { list: items("localTimes", [{ nanosOfDay: 1n }]), item: "localtime()" },
  times: { list: items("times", [{ nanosOfDay: 1n }]), item: "time()" },
  localDateTimes: { list: items("localDateTimes", [MOMENT]), item: "localdatetime()" },
  dateTimes: { list: items("dateTimes", [MOMENT]), item: "datetime()" },
  durations: { list: items("durations", [{ days: 1n }]), item: "duration('P1D')" },
  points: { list: items("points", [POINT]), item: "point({x: 1, y: 2})" },
};

function items(kind: string, values: unknown[]): List["items"] {
  return { case: kind, value: { values } } as List["items"];
}

test.each(Object.entries(LISTS))(
  "%s append to a list of their own and to no other",
  async (kind, { list, item }) => {
    const value = create(ValueSchema, {
      kind: { case: "listValue", value: create(ListSchema, { items: list }) },
    });
    const segments = fold([entryOf([accumulate(b, { append: { l: value } })])]);
    // The parameter stands for a list that a codec made: here Cypher makes one of the same type.
    const [statement] = compilePlan(segments, {
      encode: (each) => (each.kind.case === "listValue" ? [] : encode(each)),
    }).statements;
    const cypher = statement!.cypher.replace("row.append.`l`", `[${item}]`);
    const appendTo = async (before: string) => {
      await graph.wipe();
      await graph.run(`CREATE (n:B {id: $id}) SET n.l = ${before}`, { id: "it's \\u0027 b" });
      await graph.run(cypher, statement!.params);
      return (await graph.run("MATCH (n:B) RETURN size(n.l) AS size"))[0]!["size"];
    };

    expect(await appendTo(`[${item}]`)).toBe(2n);
    expect(await appendTo("[]")).toBe(1n);
    expect(await appendTo("null")).toBe(1n);
    for (const other of Object.keys(LISTS).filter((each) => each !== kind)) {
      await expect(appendTo(`[${LISTS[other as "bools"].item}]`)).rejects.toThrow(
        "Outgraph: cannot append",
      );
    }
  },
);
