import type { Db } from "mongodb";
import { type Driver, session as sessions } from "neo4j-driver";
import { type Element, element } from "./element.ts";
import type { NodeShape, Shape } from "./shape.ts";

export interface Sides {
  readonly documents: Db;
  /** Made with `useBigInt: true`: without it an integer cannot be told from a float. */
  readonly graph: Driver;
  /** The Neo4j database. Default "neo4j". */
  readonly graphDatabase?: string | undefined;
}

/** What the documents say should be there of one shape. MongoDB projects and sorts. */
export async function* fromDocuments({ documents }: Sides, shape: Shape): AsyncGenerator<Element> {
  const rows = documents
    .collection(shape.collection, { readConcern: { level: "majority" } })
    .aggregate([...shape.pipeline, { $sort: "node" in shape ? { key: 1 } : { from: 1, to: 1 } }], {
      allowDiskUse: true,
      promoteValues: false, // else an Int32 could not be told from a Double
    });
  for await (const { key, from, to, labels = [], properties } of rows) {
    if ("node" in shape) yield element([key], [shape.node, ...labels], properties);
    else yield element([from, to], [], properties);
  }
}

/** What the graph has of one shape. Neo4j sorts, and gives 1 000 rows at a time. */
export async function* fromGraph(sides: Sides, shape: Shape): AsyncGenerator<Element> {
  const rows =
    "node" in shape
      ? `MATCH (n) WHERE ${is("n", shape)} WITH n ORDER BY n.${shape.key}
         RETURN [n.${shape.key}] AS key, labels(n) AS labels, properties(n) AS properties`
      : `MATCH (a)-[e:${shape.edge}]->(b) WHERE ${is("a", shape.from)} AND ${is("b", shape.to)}
         WITH e, a.${shape.from.key} AS from, b.${shape.to.key} AS to ORDER BY from, to
         RETURN [from, to] AS key, [] AS labels, properties(e) AS properties`;
  for await (const { key, labels, properties } of read(sides, rows)) {
    yield element(key, labels, properties);
  }
}

/** Every node, then every edge, that is of no shape and not the relay's bookkeeping. */
export async function* strangers(
  sides: Sides,
  shapes: readonly Shape[],
): AsyncGenerator<{ readonly kind: "nodes" | "edges"; readonly what: string }> {
  const nodes = ["n:OutgraphOutbox|OutgraphLane|OutgraphBatch"];
  const edges = ["a:OutgraphOutbox|OutgraphLane|OutgraphBatch"];
  for (const shape of shapes) {
    if ("node" in shape) nodes.push(is("n", shape));
    else edges.push(`e:${shape.edge} AND ${is("a", shape.from)} AND ${is("b", shape.to)}`);
  }
  const text = (n: string): string =>
    `'(:' + reduce(t = '', l IN labels(${n}) | t + l + ' ') + reduce(t = '', k IN keys(${n})[..3] |
     t + k + ': ' + coalesce(toStringOrNull(${n}[k]), '…') + ' ') + ')'`;
  const strangeNodes = `MATCH (n) WHERE NOT ((${nodes.join(") OR (")})) RETURN ${text("n")} AS what`;
  const strangeEdges = `MATCH (a)-[e]->(b) WHERE NOT ((${edges.join(") OR (")}))
    RETURN ${text("a")} + '-[:' + type(e) + ']->' + ${text("b")} AS what`;
  for await (const { what } of read(sides, strangeNodes)) yield { kind: "nodes", what };
  for await (const { what } of read(sides, strangeEdges)) yield { kind: "edges", what };
}

/** Cypher: the node `n` is of the shape, and can be told from others of it. */
function is(n: string, { node, key }: NodeShape): string {
  return `${n}:${node} AND ${n}.${key} IS :: STRING NOT NULL`;
}

// biome-ignore lint/suspicious/noExplicitAny: what a row has is in the query beside the loop
async function* read(sides: Sides, cypher: string): AsyncGenerator<any> {
  const database = sides.graphDatabase ?? "neo4j";
  const session = sides.graph.session({ defaultAccessMode: sessions.READ, database });
  try {
    for await (const record of session.run(cypher)) yield record.toObject();
  } finally {
    await session.close();
  }
}
