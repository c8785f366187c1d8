import { Connection, Neo4jGraph } from "@outgraph/relay/test";
import { type Deed, startProxy, type WireProxy, waitUntil } from "@outgraph/stack";
import type {} from "@outgraph/stack/vitest";
import { inject } from "vitest";
import { GraphTransaction } from "./graph-transaction.ts";
import type { CommitFault, FarTransaction, Neo4jUnderTest } from "./neo4j-under-test.ts";

const TIMEOUT_MS = 20_000;
const WAIT_MS = 20_000;

/** The shared Neo4j, emptied. */
export class RealNeo4j implements Neo4jUnderTest, AsyncDisposable {
  readonly graph: Neo4jGraph;
  readonly other: Neo4jGraph;
  readonly #near: Connection;
  readonly #far: Connection;
  readonly #proxy: WireProxy;

  private constructor(proxy: WireProxy) {
    const uri = inject("neo4jUri");
    this.#proxy = proxy;
    this.#near = connection(uri);
    this.#far = connection(`bolt://${proxy.address}`);
    this.graph = new Neo4jGraph(connection(uri));
    this.other = new Neo4jGraph(connection(uri));
  }

  static async make(): Promise<RealNeo4j> {
    const target = inject("neo4jUri").replace(/^bolt:\/\//, "");
    const made = new RealNeo4j(await startProxy({ target, protocol: "bolt" }));
    const constraints = await made.#ask("SHOW CONSTRAINTS YIELD name");
    for (const { name } of constraints) await made.#ask(`DROP CONSTRAINT \`${name}\` IF EXISTS`);
    await made.#ask("MATCH (n) DETACH DELETE n");
    return made;
  }

  begin(timeoutMs: number = TIMEOUT_MS): GraphTransaction {
    return new GraphTransaction(this.#near, timeoutMs);
  }

  beginFar(fault?: CommitFault): FarTransaction {
    const proxy = this.#proxy;
    const late = Promise.withResolvers<Deed>();
    const rule = proxy.onRequest(
      ({ name }) => name === "COMMIT",
      () => {
        rule[Symbol.dispose]();
        if (fault === "reply_lost") return "lose_reply";
        if (fault === "lost") return "lose_request";
        if (fault === "late") proxy.halfOpen("client");
        return fault === "late" ? late.promise : "deliver";
      },
    );
    return {
      tx: new GraphTransaction(this.#far, TIMEOUT_MS),
      vanish: () => proxy.cut(),
      land: () => late.resolve("deliver"),
    };
  }

  async waiting(transactions: number): Promise<void> {
    const blocked =
      "SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN status";
    const what = `${transactions} wait for a lock`;
    const isSo = async () => (await this.#ask(blocked)).length >= transactions;
    await waitUntil(isSo, { what, timeoutMs: WAIT_MS, everyMs: 10 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy.close();
    const all = [this.graph, this.other, this.#near, this.#far];
    await Promise.all(all.map((each) => each.close()));
  }

  async #ask(cypher: string): Promise<Record<string, unknown>[]> {
    const tx = this.begin();
    const rows = await tx.run(cypher);
    await tx.commit();
    return rows;
  }
}

function connection(uri: string): Connection {
  const [user, password] = [inject("neo4jUser"), inject("neo4jPassword")];
  return new Connection({ uri, user, password, database: "", transactionMsMax: TIMEOUT_MS });
}

/** Runs a claim on it. */
export async function withinRealNeo4j(
  claim: (server: Neo4jUnderTest) => Promise<void>,
): Promise<void> {
  await using server = await RealNeo4j.make();
  await claim(server);
}
