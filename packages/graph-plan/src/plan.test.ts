import {
  accumulate,
  createEdge,
  deleteEdge,
  deleteNode,
  deleteNodes,
  edge,
  type Mutation,
  mergeEdge,
  mergeNode,
  node,
  nodesWhere,
  toProperties,
  updateNodes,
} from "@outgraph/events";
import { expect, test } from "vitest";
import { fold } from "./fold.ts";
import { indexCypher } from "./indexes.ts";
import { compilePlan } from "./plan.ts";
import { entryOf, mutationOf } from "./test/entries.ts";
import { plain } from "./test/plain.ts";

const ann = node("Person", { id: 1n });
const bob = node("Person", { id: 2n });
const wrote = edge("WROTE", ann, node("Paper", { doi: "10.1/x", part: 3n }));
const called = edge("CALLED", ann, bob, { at: 7n });

const cypherOf = (...mutations: Mutation[]) =>
  planOf(mutations).statements.map(({ cypher }) => cypher);

const planOf = (mutations: Mutation[]) =>
  compilePlan(fold([entryOf(mutations)]), { encode: plain });

test("MergeNode merges by key, sets, and takes the stub mark away", () => {
  expect(cypherOf(mergeNode(ann, { set: { name: "Ann" } }))).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MERGE (n:\`Person\` {\`id\`: row.key.\`id\`})
    SET n += row.set
    REMOVE n:\`OutgraphStub\`",
    ]
  `);
});
test("MergeNode with replace removes what it does not set, and leaves the key alone", () => {
  const { statements } = planOf([
    mergeNode(ann, { set: { name: "Ann", age: null }, replace: true }),
  ]);
  expect(statements).toMatchInlineSnapshot(`
    [
      {
        "cypher": "UNWIND $rows AS row
    MERGE (n:\`Person\` {\`id\`: row.key.\`id\`})
    FOREACH (name IN [name IN keys(n) WHERE NOT (name IN ['id'] OR row.set[name] IS NOT NULL)] | REMOVE n[name])
    SET n += row.set
    REMOVE n:\`OutgraphStub\`",
        "params": {
          "rows": [
            {
              "key": {
                "id": 1n,
              },
              "set": {
                "name": "Ann",
              },
            },
          ],
        },
        "rows": 1,
      },
    ]
  `);
});
test("MergeNode with labels writes them into the statement", () => {
  expect(
    cypherOf(mergeNode(ann, { addLabels: ["Author", "Admin"], removeLabels: ["Guest"] })),
  ).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MERGE (n:\`Person\` {\`id\`: row.key.\`id\`})
    SET n:\`Admin\`:\`Author\`
    REMOVE n:\`Guest\`:\`OutgraphStub\`",
    ]
  `);
});
test("DeleteNode deletes with edges", () => {
  expect(cypherOf(deleteNode(ann))).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MATCH (n:\`Person\` {\`id\`: row.key.\`id\`})
    DETACH DELETE n",
    ]
  `);
});
test("MergeEdge makes its ends as stubs first", () => {
  expect(cypherOf(mergeEdge(wrote, { set: { year: 2026n } }))).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MERGE (n:\`Paper\` {\`doi\`: row.key.\`doi\`, \`part\`: row.key.\`part\`})
    ON CREATE SET n:\`OutgraphStub\`",
      "UNWIND $rows AS row
    MERGE (n:\`Person\` {\`id\`: row.key.\`id\`})
    ON CREATE SET n:\`OutgraphStub\`",
      "UNWIND $rows AS row
    MATCH (a:\`Person\` {\`id\`: row.from.\`id\`})
    MATCH (b:\`Paper\` {\`doi\`: row.to.\`doi\`, \`part\`: row.to.\`part\`})
    MERGE (a)-[r:\`WROTE\`]->(b)
    SET r += row.set",
    ]
  `);
});
test("MergeEdge with a key matches by it", () => {
  expect(cypherOf(mergeEdge(called, { absentEnds: "if_present" }))).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MATCH (a:\`Person\` {\`id\`: row.from.\`id\`})
    MATCH (b:\`Person\` {\`id\`: row.to.\`id\`})
    MERGE (a)-[r:\`CALLED\` {\`at\`: row.key.\`at\`}]->(b)",
    ]
  `);
});
test("MergeEdge with required ends fails on the server, with words", () => {
  expect(cypherOf(mergeEdge(called, { absentEnds: "require" }))).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    OPTIONAL MATCH (a:\`Person\` {\`id\`: row.from.\`id\`})
    OPTIONAL MATCH (b:\`Person\` {\`id\`: row.to.\`id\`})
    WITH row, a, b WHERE CASE
      WHEN a IS NULL THEN date('Outgraph: (:Person {id: ' + toString(row.from.\`id\`) + '}) is not there, and required by (:Person {id: ' + toString(row.from.\`id\`) + '})-[:CALLED {at: ' + toString(row.key.\`at\`) + '}]->(:Person {id: ' + toString(row.to.\`id\`) + '})') IS NOT NULL
      WHEN b IS NULL THEN date('Outgraph: (:Person {id: ' + toString(row.to.\`id\`) + '}) is not there, and required by (:Person {id: ' + toString(row.from.\`id\`) + '})-[:CALLED {at: ' + toString(row.key.\`at\`) + '}]->(:Person {id: ' + toString(row.to.\`id\`) + '})') IS NOT NULL
      ELSE true
    END
    MERGE (a)-[r:\`CALLED\` {\`at\`: row.key.\`at\`}]->(b)",
    ]
  `);
});
test("DeleteEdge deletes between its ends", () => {
  expect(cypherOf(deleteEdge(called))).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MATCH (a:\`Person\` {\`id\`: row.from.\`id\`})
    MATCH (b:\`Person\` {\`id\`: row.to.\`id\`})
    MATCH (a)-[r:\`CALLED\` {\`at\`: row.key.\`at\`}]->(b)
    DELETE r",
    ]
  `);
});
test("Accumulate adds one by one and fails on another type, with words", () => {
  expect(cypherOf(accumulate(ann, { add: { visits: 1n } }))).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MERGE (n:\`Person\` {\`id\`: row.key.\`id\`})
    ON CREATE SET n:\`OutgraphStub\`
    SET n.\`visits\` = CASE
      WHEN n.\`visits\` IS :: INTEGER | FLOAT
      THEN reduce(sum = coalesce(n.\`visits\`, 0), number IN row.add.\`visits\` | sum + number)
      ELSE date('Outgraph: cannot add to visits of (:Person {id: ' + toString(row.key.\`id\`) + '}): it is no number')
    END",
    ]
  `);
});
test("Accumulate appends to a list of the same type", () => {
  expect(
    cypherOf(accumulate(called, { append: { tags: ["new"] }, absentEnds: "if_present" })),
  ).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MATCH (a:\`Person\` {\`id\`: row.from.\`id\`})
    MATCH (b:\`Person\` {\`id\`: row.to.\`id\`})
    MERGE (a)-[r:\`CALLED\` {\`at\`: row.key.\`at\`}]->(b)
    SET r.\`tags\` = CASE
      WHEN r.\`tags\` IS :: LIST<STRING NOT NULL>
      THEN coalesce(r.\`tags\`, []) + row.append.\`tags\`
      ELSE date('Outgraph: cannot append to tags of (:Person {id: ' + toString(row.from.\`id\`) + '})-[:CALLED {at: ' + toString(row.key.\`at\`) + '}]->(:Person {id: ' + toString(row.to.\`id\`) + '}): it is no list of strings')
    END",
    ]
  `);
});

test("statements come as edge deletes, node deletes, node merges, edge merges", () => {
  const texts = cypherOf(
    mergeEdge(wrote),
    mergeNode(bob),
    deleteEdge(called),
    deleteNode(node("Draft", { id: 1n })),
  );

  expect(texts.map((text) => text.split("\n").at(-1))).toEqual([
    "DELETE r",
    "DETACH DELETE n",
    "ON CREATE SET n:`OutgraphStub`",
    "ON CREATE SET n:`OutgraphStub`",
    "REMOVE n:`OutgraphStub`",
    "MERGE (a)-[r:`WROTE`]->(b)",
  ]);
});

test("labels that a batch gives are taken from what it deletes afterwards", () => {
  const texts = cypherOf(
    mergeNode(bob, { addLabels: ["Guest", "Admin"] }),
    updateNodes(nodesWhere("Paper"), { set: { old: true } }), // begins a new segment
    deleteNode(ann),
    deleteNodes(nodesWhere("Person")), // and another
  );

  expect(texts.filter((text) => text.includes("DELETE"))).toEqual([
    "UNWIND $rows AS row\nMATCH (n:`Person` {`id`: row.key.`id`})\nREMOVE n:`Admin`:`Guest`\nDETACH DELETE n",
    "UNWIND $rows AS row\nMATCH (n:`Person`)\nREMOVE n:`Admin`:`Guest`\nDETACH DELETE n",
  ]);
});

test("the same mutations in another order, where it does not matter, give the same plan", () => {
  const mutations = [3n, 1n, 2n].map((id) => mergeNode(node("A", { id }), { set: { x: id } }));
  const edges = [3n, 1n, 2n].map((id) => mergeEdge(edge("T", node("A", { id }), ann)));

  const plan = planOf([...mutations, ...edges]);

  expect(planOf([...edges.reverse(), ...mutations.reverse()])).toEqual(plan);
  expect(plan.statements).toHaveLength(3);
  expect(plan.rows).toBe(3 + 1 + 3);
});

test("each value is encoded once, and a removed property not at all", () => {
  const given: unknown[] = [];
  const mutations = [
    mergeNode(ann, { set: { name: "Ann", gone: null }, replace: true }),
    mergeNode(bob, { set: { gone: null }, unset: ["lost"] }),
    mergeEdge(called, { set: { long: true } }),
    accumulate(called, { add: { n: 0.5 }, append: { l: ["a"] } }),
  ];

  const plan = compilePlan(fold([entryOf(mutations)]), {
    encode(value) {
      given.push(plain(value));
      return value;
    },
  });

  expect(given).toHaveLength(7);
  expect(new Set(given)).toEqual(new Set([1n, 2n, 7n, "Ann", true, 0.5, ["a"]]));
  expect(plan.statements.flatMap(({ params }) => params.rows)).toContainEqual(
    expect.objectContaining({ set: { gone: null, lost: null } }),
  );
});

test("CreateEdge makes one more edge", () => {
  expect(
    cypherOf(createEdge("WROTE", ann, bob, { year: 2026n }, { absentEnds: "if_present" })),
  ).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MATCH (a:\`Person\` {\`id\`: row.from.\`id\`})
    MATCH (b:\`Person\` {\`id\`: row.to.\`id\`})
    CREATE (a)-[r:\`WROTE\`]->(b)
    SET r += row.set",
    ]
  `);
});
test("UpdateNodes changes what matches", () => {
  const match = { label: "Person", where: toProperties({ team: "x", on: true }) };
  expect(
    cypherOf(
      mutationOf({ case: "updateNodes", value: { match, set: toProperties({ on: false }) } }),
    ),
  ).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MATCH (n:\`Person\` {\`on\`: row.where.\`on\`, \`team\`: row.where.\`team\`})
    SET n += row.set",
    ]
  `);
});
test("DeleteNodes deletes what matches, with edges", () => {
  const match = { label: "Person" };
  expect(cypherOf(mutationOf({ case: "deleteNodes", value: { match } }))).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MATCH (n:\`Person\`)
    DETACH DELETE n",
    ]
  `);
});
test("UpdateEdges changes what matches, whatever the ends that are left open", () => {
  const match = { type: "SAW", from: { label: "User", where: toProperties({ id: 1n }) } };
  expect(
    cypherOf(mutationOf({ case: "updateEdges", value: { match, unset: ["on"] } })),
  ).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MATCH (:\`User\` {\`id\`: row.from.\`id\`})-[r:\`SAW\`]->()
    SET r += row.set",
    ]
  `);
});
test("DeleteEdges deletes what matches", () => {
  const match = { type: "SAW", to: { label: "Page" }, where: toProperties({ day: "monday" }) };
  expect(cypherOf(mutationOf({ case: "deleteEdges", value: { match } }))).toMatchInlineSnapshot(`
    [
      "UNWIND $rows AS row
    MATCH ()-[r:\`SAW\` {\`day\`: row.where.\`day\`}]->(:\`Page\`)
    DELETE r",
    ]
  `);
});
test("MergeEdges merges an edge between each pair that matches", () => {
  const from = { label: "Version", where: toProperties({ symbol: "f" }) };
  const to = { label: "Symbol", where: toProperties({ id: "f" }) };
  const key = toProperties({ kind: "of" });
  const value = { type: "VERSION", from, to, key, set: toProperties({ n: 1n }), replace: true };
  const { statements, indexes } = planOf([mutationOf({ case: "mergeEdges", value })]);
  expect(statements).toMatchInlineSnapshot(`
    [
      {
        "cypher": "UNWIND $rows AS row
    MATCH (a:\`Version\` {\`symbol\`: row.from.\`symbol\`})
    MATCH (b:\`Symbol\` {\`id\`: row.to.\`id\`})
    MERGE (a)-[r:\`VERSION\` {\`kind\`: row.key.\`kind\`}]->(b)
    FOREACH (name IN [name IN keys(r) WHERE NOT (name IN ['kind'] OR row.set[name] IS NOT NULL)] | REMOVE r[name])
    SET r += row.set",
        "params": {
          "rows": [
            {
              "from": {
                "symbol": "f",
              },
              "key": {
                "kind": "of",
              },
              "set": {
                "n": 1n,
              },
              "to": {
                "id": "f",
              },
            },
          ],
        },
        "rows": 1,
      },
    ]
  `);
  expect(indexes.map(indexCypher)).toMatchInlineSnapshot(`
    [
      "CREATE INDEX \`outgraph_node_index_Symbol_id\` IF NOT EXISTS FOR (x:\`Symbol\`) ON (x.\`id\`)",
      "CREATE INDEX \`outgraph_node_index_Version_symbol\` IF NOT EXISTS FOR (x:\`Version\`) ON (x.\`symbol\`)",
    ]
  `);
});

test("a match comes before the rows that follow it", () => {
  const match = { label: "Person" };
  const texts = cypherOf(mutationOf({ case: "deleteNodes", value: { match } }), mergeNode(ann));

  expect(texts.map((text) => text.split("\n")[1])).toEqual([
    "MATCH (n:`Person`)",
    "MERGE (n:`Person` {`id`: row.key.`id`})",
  ]);
});
