import { create } from "@bufbuild/protobuf";
import {
  accumulate,
  deleteNode,
  deleteNodes,
  edge,
  type Mutation,
  mergeEdge,
  mergeEdges,
  mergeNode,
  node,
  nodesWhere,
  toProperties,
  updateNodes,
  type Value,
  ValueSchema,
} from "@outgraph/events";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { constraintCypher } from "./constraints.ts";
import { fold } from "./fold.ts";
import { clearIndexCypher, indexCypher } from "./indexes.ts";
import { compilePlan } from "./plan.ts";
import { quoted, quotedText } from "./quote.ts";
import { entryOf, mutationOf } from "./test/entries.ts";
import { encode, Graph } from "./test/graph.ts";

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

test("values come back as they were given", async () => {
  const set = {
    nan: Number.NaN,
    zero: -0,
    one: 1,
    int: 2n ** 63n - 1n,
    least: -(2n ** 63n),
    empty: [],
    text: "'; MATCH (n) DETACH DELETE n //",
    _id: 1n,
    day: dateOf(-1),
  };

  await commit(mergeNode(b, { set }), mergeEdge(ab, { set }));

  const { nodes, edges } = await graph.listing();
  const properties =
    '_id: 1n, day: day -1, empty: [], id: "it\'s \\\\u0027 b", int: 9223372036854775807n, ' +
    "least: -9223372036854775808n, nan: NaN, one: 1, " +
    'text: "\'; MATCH (n) DETACH DELETE n //", zero: -0';
  expect(nodes).toContain(`(B {${properties}})`);
  expect(edges[0]).toContain("nan: NaN, on: true, one: 1,");
});

test.each([
  "A`",
  "A``",
  "A\\",
  "A\\u0060",
  "A\\u0060) DETACH DELETE n //",
  "A\\u005Cu0060",
  "A\\\\u0060",
  "a 'b' \"c\"",
])("no text gets out of its quotes: %s", async (text) => {
  const [row] = await graph.run(
    `CREATE (n:${quoted(text)} {${quoted(text)}: ${quotedText(text)}}) RETURN labels(n) AS labels, properties(n) AS properties`,
  );

  expect(row).toEqual({ labels: [text], properties: { [text]: text } });
});

test("constraints that a plan asks for can be made twice, and hold", async () => {
  const plan = compilePlan(fold([entryOf([mergeEdge(ab)])]), { encode });
  for (const constraint of [...plan.constraints, ...plan.constraints]) {
    await graph.run(constraintCypher(constraint));
  }

  await graph.commit(plan);
  await graph.commit(plan);

  expect((await graph.listing()).nodes).toHaveLength(2);
  await expect(graph.run("MATCH (n:B) CREATE (:B {id: n.id})")).rejects.toThrow("already exists");
});

test("a match uses the index that its plan asks for", async () => {
  const match = { type: "T", where: toProperties({ day: "monday" }) };
  const mutation = mutationOf({ case: "deleteEdges", value: { match } });
  const { statements, indexes } = compilePlan(fold([entryOf([mutation])]), { encode });
  for (const index of indexes) await graph.run(indexCypher(index));
  await graph.run("CALL db.awaitIndexes()");

  const plan = await graph.explain(statements[0]!.cypher, statements[0]!.params);

  expect(plan).toContain("DirectedRelationshipIndexSeek");
});

test("a property that was matched by can become a key", async () => {
  const match = { label: "B", where: toProperties({ id: "x" }) };
  const before = compilePlan(
    fold([entryOf([mutationOf({ case: "deleteNodes", value: { match } })])]),
    { encode },
  );
  for (const index of before.indexes) await graph.run(indexCypher(index));
  const [constraint] = compilePlan(fold([entryOf([mergeNode(b)])]), { encode }).constraints;
  await expect(graph.run(constraintCypher(constraint!))).rejects.toThrow(
    expect.objectContaining({ code: "Neo.ClientError.Schema.IndexAlreadyExists" }),
  );

  await graph.run(clearIndexCypher(constraint!)!);
  await graph.run(constraintCypher(constraint!));
  for (const index of before.indexes) await graph.run(indexCypher(index)); // there by other means

  expect(await graph.run("SHOW INDEXES YIELD name, type WHERE type = 'RANGE'")).toEqual([
    { name: constraint!.name, type: "RANGE" },
  ]);
});

test.each([
  ["by its key", (id: string) => deleteNode(node("B", { id }))],
  ["by match", (id: string) => deleteNodes(nodesWhere("B", { id }))],
])(
  "a node that a batch gives a label and then deletes %s is met by nothing after it",
  async (_, deletion) => {
    await commit(mergeNode(a), mergeNode(node("B", { id: "x" })));
    const plan = compilePlan(
      fold([
        entryOf([
          mergeNode(node("B", { id: "x" }), { addLabels: ["E"] }),
          updateNodes(nodesWhere("A"), { set: { seen: true } }),
          deletion("x"),
          mergeEdges("T", nodesWhere("A"), nodesWhere("E", { id: "x" })),
          updateNodes(nodesWhere("E", { id: "x" }), { set: { seen: true } }),
        ]),
      ]),
      { encode },
    );
    await graph.makeSchema(plan); // with an index of E by id: there Neo4j keeps it until the commit

    await graph.commit(plan);

    expect(await graph.run("MATCH (n) RETURN labels(n) AS labels, n.seen AS seen")).toEqual([
      { labels: ["A"], seen: true },
    ]);
  },
);

test("floats are summed in the order in which they came, over batches and inside one", async () => {
  const add = (n: number) => accumulate(b, { add: { n } });

  await commit(add(1e16));
  await commit(add(1), add(1)); // each is lost beside so great a number; both at once would not be

  expect(await graph.run("MATCH (n:B) RETURN n.n AS n")).toEqual([{ n: 1e16 + 1 + 1 }]);
  expect(1e16 + 1 + 1).not.toBe(1e16 + (1 + 1));
});
