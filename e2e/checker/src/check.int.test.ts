import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type {} from "@outgraph/stack/vitest"; // what `inject` gives
import { Double, MongoClient } from "mongodb";
import neo4j from "neo4j-driver";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { check, type Verdict } from "./check.ts";
import { CODEBASE } from "./codebase.ts";

const database = `checker_${randomUUID().replaceAll("-", "")}`;
const mongo = new MongoClient(inject("mongodbUri"));
const graph = neo4j.driver(
  inject("neo4jUri"),
  neo4j.auth.basic(inject("neo4jUser"), inject("neo4jPassword")),
  { useBigInt: true },
);
const db = mongo.db(database);

// By code point ～ sorts before 😀, by UTF-16 units after it: both servers must agree with us.
const NAMES = ["x.ts", "～.ts", "😀.ts"];
const modifiedAt = new Date("2026-01-02T03:04:05.678Z");

beforeAll(async () => {
  const files = NAMES.map((name) => ({
    ...{ _id: `a/${name}`, repository: "small", name, language: "typescript", test: false },
    ...{ bytes: 10, lines: 2, averageLine: new Double(5), hash: "h", modifiedAt },
    ...{ exports: ["f"], externals: [], ingests: 2, history: ["1", "2"] },
    imports: name === "x.ts" ? [{ path: "a/😀.ts", names: ["f"], typeOnly: true }] : [],
  }));
  const symbols = NAMES.map((name) => ({
    ...{ _id: `a/${name}#f`, file: `a/${name}`, name: "f", kind: "function", line: 1, endLine: 2 },
    ...{ exported: true, async: false, parameters: ["n"], declarations: 1, summary: null },
    calls: name === "x.ts" ? [{ symbol: "a/～.ts#f", count: 2, lines: [1, 2] }] : [],
  }));
  await db.collection<{ _id: string }>("files").insertMany(files);
  await db.collection<{ _id: string }>("symbols").insertMany(symbols);
  const ingests = NAMES.flatMap((path) =>
    [1, 2].map((n) => ({ repository: "small", path, n, bytes: 10 })),
  );
  await db.collection("ingests").insertMany(ingests);
});

beforeEach(async () => {
  await graph.executeQuery("MATCH (n) DETACH DELETE n");
  await graph.executeQuery(
    `CREATE (r:Repository {name: 'small', ingests: 6, bytesIngested: 60})
     CREATE (d:Directory {path: 'a', name: 'a', depth: 1})
     CREATE (r)-[:CONTAINS]->(d)
     WITH d UNWIND $names AS name
     CREATE (d)-[:CONTAINS]->(f:File {path: 'a/' + name, name: name, language: 'typescript', test: false,
       bytes: 10, lines: 2, averageLine: 5.0, hash: 'h', modifiedAt: datetime($modifiedAt), exports: ['f'],
       externals: [], ingests: 2, history: ['1', '2']})
     CREATE (f)-[:DEFINES]->(:Symbol:Exported {id: 'a/' + name + '#f', name: 'f', kind: 'function', line: 1,
       endLine: 2, exported: true, async: false, parameters: ['n'], declarations: 1})`,
    { names: NAMES, modifiedAt: modifiedAt.toISOString() },
  );
  await graph.executeQuery(
    `MATCH (x:File {name: 'x.ts'}), (y:File {name: '😀.ts'})
     CREATE (x)-[:IMPORTS {names: ['f'], typeOnly: true}]->(y)
     WITH x MATCH (f:Symbol {id: 'a/x.ts#f'}), (g:Symbol {id: 'a/～.ts#f'})
     CREATE (f)-[:CALLS {count: 2, lines: [1, 2]}]->(g)
     CREATE (:OutgraphOutbox {id: 'outbox'}), (:OutgraphLane {id: 0}), (:OutgraphBatch {id: '0/1'})`,
  );
});

afterAll(async () => {
  await graph.executeQuery("MATCH (n) DETACH DELETE n");
  await db.dropDatabase();
  await graph.close();
  await mongo.close();
});

const verdict = (): Promise<Verdict> => check({ documents: db, graph }, CODEBASE);

test("a graph that is what the documents project to is equal, and counted without the journal", async () => {
  expect(await verdict()).toMatchObject({
    ...{ equal: true, nodes: 8, edges: 9, missing: 0, extra: 0, different: 0, twice: 0, lost: 0 },
    first: [],
  });
});

// Each is one way in which a relay could fail, and what the checker must say of it.
test.each<[what: string, cypher: string, counts: Partial<Verdict>, said: string]>([
  [
    "a dropped node",
    "MATCH (s:Symbol {id: 'a/😀.ts#f'}) DETACH DELETE s",
    { missing: 2 },
    'missing (:Symbol {id: "a/😀.ts#f"})',
  ],
  [
    "a dropped edge",
    "MATCH ()-[c:CALLS]->() DELETE c",
    { missing: 1 },
    'missing (:Symbol {id: "a/x.ts#f"})-[:CALLS]->(:Symbol {id: "a/～.ts#f"})',
  ],
  [
    "an edge that is there twice",
    "MATCH (a)-[:IMPORTS]->(b) CREATE (a)-[:IMPORTS {names: ['f'], typeOnly: true}]->(b)",
    { extra: 1 },
    'extra (:File {path: "a/x.ts"})-[:IMPORTS]->(:File {path: "a/😀.ts"}), one more of it',
  ],
  [
    "a node that is there twice",
    "CREATE (:Directory {path: 'a', name: 'a', depth: 1})",
    { extra: 1 },
    'extra (:Directory {path: "a"}), one more of it',
  ],
  [
    "two nodes that swapped a property",
    "MATCH (a:File {name: 'x.ts'}), (b:File {name: '～.ts'}) SET a.name = b.name, b.name = 'x.ts'",
    { different: 2 },
    'different (:File {path: "a/x.ts"}) name: documents say string "x.ts", graph says string "～.ts"',
  ],
  [
    "a ghost of a shape",
    "CREATE (:File {path: 'gone.ts'})",
    { extra: 1 },
    'extra (:File {path: "gone.ts"})',
  ],
  [
    "a ghost of no shape, and its edge",
    "MATCH (r:Repository) CREATE (r)-[:LIKES]->(:Stranger {age: 5})",
    { extra: 2 },
    "extra (:Stranger age: 5 )",
  ],
  ["a node without its key", "CREATE (:Symbol {id: 7})", { extra: 1 }, "extra (:Symbol id: 7 )"],
  [
    "a stub that was never filled",
    "MATCH (f:File {name: 'x.ts'}) SET f:OutgraphStub",
    { different: 1 },
    'different (:File {path: "a/x.ts"}) labels: documents say File, graph says File, OutgraphStub',
  ],
  [
    "a stale property",
    "MATCH (f:File {name: 'x.ts'}) SET f.exports = ['f', 'old']",
    { different: 1 },
    'different (:File {path: "a/x.ts"}) exports: documents say [string "f"], graph says [string "f", string "old"]',
  ],
  [
    "a property too many",
    "MATCH (s:Symbol {id: 'a/x.ts#f'}) SET s.summary = 'Old.'",
    { different: 1 },
    'different (:Symbol {id: "a/x.ts#f"}) summary: documents say nothing, graph says string "Old."',
  ],
  [
    "an integer that became a float",
    "MATCH (f:File {name: 'x.ts'}) SET f.lines = 2.0",
    { different: 1 },
    'different (:File {path: "a/x.ts"}) lines: documents say int 2, graph says float 2',
  ],
  [
    "an instant a microsecond off",
    "MATCH (f:File {name: 'x.ts'}) SET f.modifiedAt = f.modifiedAt + duration({microseconds: 1})",
    { different: 1 },
    'different (:File {path: "a/x.ts"}) modifiedAt: documents say instant 2026-01-02T03:04:05.678Z, graph says instant 2026-01-02T03:04:05.678Z + 1000 ns',
  ],
  [
    "a stale property of an edge",
    "MATCH ()-[c:CALLS]->() SET c.count = 1",
    { different: 1 },
    'different (:Symbol {id: "a/x.ts#f"})-[:CALLS]->(:Symbol {id: "a/～.ts#f"}) count: documents say int 2, graph says int 1',
  ],
  [
    "an edge with a wrong end",
    "MATCH (a)-[i:IMPORTS]->(), (b:File {name: '～.ts'}) CREATE (a)-[:IMPORTS {names: ['f'], typeOnly: true}]->(b) DELETE i",
    { missing: 1, extra: 1 },
    'missing (:File {path: "a/x.ts"})-[:IMPORTS]->(:File {path: "a/😀.ts"})',
  ],
  [
    "an edge the wrong way round",
    "MATCH (d:Directory)-[c:CONTAINS]->(f:File {name: 'x.ts'}) DELETE c CREATE (f)-[:CONTAINS]->(d)",
    { missing: 1, extra: 1 },
    'missing (:Directory {path: "a"})-[:CONTAINS]->(:File {path: "a/x.ts"})',
  ],
  [
    "an entry that was applied twice",
    "MATCH (r:Repository) SET r.ingests = 7 WITH r MATCH (f:File {name: 'x.ts'}) SET f.ingests = 3, f.history = ['1', '2', '2']",
    { twice: 1, different: 1 },
    'twice (:Repository {name: "small"}) ingests: documents say int 6, graph says int 7',
  ],
  [
    "an entry that was lost",
    "MATCH (r:Repository) SET r.ingests = 5 WITH r MATCH (f:File {name: 'x.ts'}) SET f.ingests = 1",
    { lost: 1 },
    'lost (:File {path: "a/x.ts"}) ingests: documents say int 2, graph says int 1',
  ],
  [
    "two entries in the wrong order",
    "MATCH (f:File {name: 'x.ts'}) SET f.history = ['2', '1']",
    { different: 1 },
    'different (:File {path: "a/x.ts"}) history: documents say [string "1", string "2"], graph says [string "2", string "1"]',
  ],
])("%s is found, and nothing else", async (_, cypher, counts, said) => {
  await graph.executeQuery(cypher);

  const { first, nodes: _nodes, edges: _edges, ...found } = await verdict();

  const none = { missing: 0, extra: 0, different: 0, twice: 0, lost: 0 };
  expect(found).toEqual({ equal: false, ...none, ...counts });
  expect(first.map(({ kind, what }) => `${kind} ${what}`)).toContain(said);
});

test("the command ends with 0 when both are equal, with 1 and what differs when they are not", async () => {
  const options = [
    ...["--mongodb-uri", inject("mongodbUri"), "--database", database],
    ...["--neo4j-uri", inject("neo4jUri"), "--neo4j-user", inject("neo4jUser") || "neo4j"],
    ...["--neo4j-password", inject("neo4jPassword")],
  ];
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const run = () => spawnSync(process.execPath, [main, ...options], { encoding: "utf8" });

  const before = run();
  await graph.executeQuery("MATCH (f:File {name: 'x.ts'}) SET f.lines = 3");
  const after = run();

  expect(before.stdout).toMatch(/^checker: ok nodes=8 edges=9 missing=0 .* lost=0\n$/);
  expect(before.status).toBe(0);
  expect(after.stdout).toBe(
    'different (:File {path: "a/x.ts"}) lines: documents say int 2, graph says int 3\n' +
      "checker: differs nodes=8 edges=9 missing=0 extra=0 different=1 twice=0 lost=0\n",
  );
  expect(after.status).toBe(1);
});
