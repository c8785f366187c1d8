import type { Neo4jServer } from "@outgraph/stack";
import neo4j, { type Driver } from "neo4j-driver";
import { amountsText } from "../data/expected-graph.ts";

/** A real graph, shared by the arms of a benchmark. */
export interface GraphUnderTest extends AsyncDisposable {
  readonly driver: Driver;
  /** Takes everything out but constraints, indexes and what the relay keeps of itself. */
  empty(): Promise<void>;
  /** What is in it, the relay's own aside, as `expectedGraph` says what should be. */
  amounts(): Promise<string>;
  /** @throws when something else is in it. */
  mustBe(expected: string): Promise<void>;
}

export function graphUnderTest({ uri, auth }: Neo4jServer): GraphUnderTest {
  const login = auth && neo4j.auth.basic(auth.username, auth.password);
  const driver = neo4j.driver(uri, login, { useBigInt: true });
  const autoCommit = async (cypher: string) => {
    const session = driver.session();
    try {
      return await session.run(cypher);
    } finally {
      await session.close();
    }
  };
  const amounts = async (): Promise<string> => {
    const told = await Promise.all([autoCommit(NODES), autoCommit(EDGES)]);
    return amountsText(
      told.flatMap(({ records }) =>
        records.map((record) => ({
          kind: String(record.get("kind")),
          many: Number(record.get("many")),
          properties: Number(record.get("properties")),
          sum: record.get("sum") as bigint,
        })),
      ),
    );
  };
  return {
    driver,
    async empty() {
      await autoCommit(
        `MATCH (n) WHERE NOT (${OWN}) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS`,
      );
    },
    amounts,
    async mustBe(expected) {
      const found = await amounts();
      if (found !== expected) throw new Error(`the graph is\n${found}\nand not\n${expected}`);
    },
    [Symbol.asyncDispose]: () => driver.close(),
  };
}

const OWN = "n:OutgraphOutbox OR n:OutgraphLane OR n:OutgraphBatch";

const AMOUNTS = (of: string): string =>
  `count(*) AS many, sum(size(keys(${of}))) AS properties, sum(reduce(sum = 0, key IN keys(${of}) | ` +
  `sum + CASE WHEN ${of}[key] IS :: INTEGER THEN ${of}[key] ELSE 0 END)) AS sum`;

const NODES =
  `MATCH (n) WHERE NOT (${OWN}) UNWIND labels(n) AS label WITH n, label ORDER BY label ` +
  "WITH n, collect(label) AS labels " +
  "WITH n, reduce(all = '', label IN labels | all + CASE all WHEN '' THEN '' ELSE ':' END + label) AS kind " +
  `RETURN kind, ${AMOUNTS("n")}`;

const EDGES = `MATCH ()-[r]->() RETURN '-' + type(r) AS kind, ${AMOUNTS("r")}`;
