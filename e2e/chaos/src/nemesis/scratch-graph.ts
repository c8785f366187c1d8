import type { Driver } from "neo4j-driver";
import { CANARY, GATE } from "../truth/mutations.ts";
import { type Scratch, ScratchRefused } from "./scratch.ts";

/** The node by which a graph is known as made by this command. */
const MARK = "OutgraphChaosScratch";

/** Labels of everything that a run leaves in a graph. */
const OURS = [CANARY, GATE, "OutgraphOutbox", "OutgraphLane", "OutgraphBatch"];

/** Nodes in one transaction. */
const AT_A_TIME = 5_000n;

/** A graph that holds nothing else. @param database "" for the user's home database. */
export function scratchGraph(driver: Driver, database: string): Scratch {
  const ask = async <T>(cypher: string, parameters: object = {}): Promise<T[]> => {
    const { records } = await driver.executeQuery(
      cypher,
      parameters,
      database === "" ? {} : { database },
    );
    return records.map((record) => record.toObject() as T);
  };
  const marked = async (): Promise<boolean> =>
    (await ask(`MATCH (mark:${MARK}) RETURN 1 AS one LIMIT 1`)).length > 0;
  const constraints = async (): Promise<string[]> =>
    (await ask<{ name: string }>("SHOW CONSTRAINTS YIELD name")).map(({ name }) => name);
  const empty = async (): Promise<void> => {
    if (!(await marked())) return; // gone already, or not ours any more
    const some = `MATCH (n) WHERE any(label IN labels(n) WHERE label IN $ours)
      WITH n LIMIT $many DETACH DELETE n RETURN count(*) AS deleted`;
    for (;;) {
      const [row] = await ask<{ deleted: bigint }>(some, { ours: OURS, many: AT_A_TIME });
      if (!row?.deleted) return;
    }
  };
  return {
    async look() {
      const [row] = await ask<{ others: bigint; some: string[] }>(
        `MATCH (n) WHERE none(label IN labels(n) WHERE label IN $ours)
         RETURN count(*) AS others, collect(DISTINCT labels(n)[0])[..3] AS some`,
        { ours: (await marked()) ? [...OURS, MARK] : [] },
      );
      if (!row?.others) return;
      throw new ScratchRefused(
        `the Neo4j database ${database === "" ? "" : `"${database}" `}holds ${row.others} nodes that ` +
          `chaos did not make (such as ${row.some.join(", ")}): name an empty one with --neo4j-database`,
      );
    },
    async take() {
      await ask(`MERGE (mark:${MARK})`);
      await empty();
      const before = await constraints();
      return {
        async clear() {
          await empty();
          for (const name of await constraints()) {
            if (before.includes(name) || !name.startsWith("outgraph_")) continue;
            await ask(`DROP CONSTRAINT \`${name}\` IF EXISTS`);
          }
          await ask(`MATCH (mark:${MARK}) DELETE mark`);
        },
      };
    },
  };
}
