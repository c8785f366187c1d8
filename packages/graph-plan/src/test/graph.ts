import type { Value } from "@outgraph/events";
import neo4j, { type Driver, Node, type Plan as QueryPlan, Relationship } from "neo4j-driver";
import { inject } from "vitest";
import { constraintCypher } from "../constraints.ts";
import { clearIndexCypher, indexCypher } from "../indexes.ts";
import type { Plan } from "../plan.ts";
import { refusalIn } from "../refusal.ts";
import { edgeLine, type Listing, nodeLine } from "./listing.ts";
import { type Plain, plain } from "./plain.ts";

declare module "vitest" {
  export interface ProvidedContext {
    neo4jUri: string;
    neo4jUser: string;
    neo4jPassword: string;
  }
}

/** A real Neo4j, for tests. */
export class Graph {
  readonly #driver: Driver;
  /** Statements that need no repeat until the next wipe. */
  readonly #done = new Set<string>();

  constructor() {
    const user = inject("neo4jUser");
    const auth = user === "" ? undefined : neo4j.auth.basic(user, inject("neo4jPassword"));
    this.#driver = neo4j.driver(inject("neo4jUri"), auth, { useBigInt: true });
  }

  /** Runs one statement by itself. */
  async run(cypher: string, params: object = {}): Promise<Record<string, unknown>[]> {
    const { records } = await this.#driver.executeQuery(cypher, { ...params });
    return records.map((record) => record.toObject());
  }

  /** The operators that a statement would run with, the last one first. */
  async explain(cypher: string, params: object): Promise<string> {
    const { summary } = await this.#driver.executeQuery(`EXPLAIN ${cypher}`, { ...params });
    const operators = (plan: QueryPlan): string =>
      [plan.operatorType, ...plan.children.map(operators)].join(" ");
    return summary.plan === false ? "" : operators(summary.plan);
  }

  /** Leaves neither nodes, constraints nor indexes. */
  async wipe(): Promise<void> {
    await this.run("MATCH (n) DETACH DELETE n");
    for (const { name } of await this.run("SHOW CONSTRAINTS YIELD name")) {
      await this.run(`DROP CONSTRAINT \`${name}\``);
    }
    const indexes = "SHOW INDEXES YIELD name, type WHERE type = 'RANGE' RETURN name";
    for (const { name } of await this.run(indexes)) await this.run(`DROP INDEX \`${name}\``);
    this.#done.clear();
  }

  /** Makes what the plan asks for. */
  async makeSchema({ constraints, indexes }: Plan): Promise<void> {
    for (const constraint of constraints) {
      const clear = clearIndexCypher(constraint);
      if (clear !== undefined) await this.#once(clear);
      await this.#once(constraintCypher(constraint));
    }
    for (const index of indexes) await this.#once(indexCypher(index));
  }

  async #once(cypher: string): Promise<void> {
    if (this.#done.has(cypher)) return;
    await this.run(cypher);
    this.#done.add(cypher);
  }

  /**
   * Runs the plan in one transaction, without waiting for one statement before the next.
   *
   * @throws Refused with the words of a refusal; nothing has changed then.
   */
  async commit({ statements }: Plan): Promise<void> {
    const session = this.#driver.session();
    try {
      const transaction = session.beginTransaction();
      await Promise.all(statements.map(({ cypher, params }) => transaction.run(cypher, params)));
      await transaction.commit();
    } catch (error) {
      const words = error instanceof Error ? refusalIn(error.message) : undefined;
      throw words === undefined ? error : new Refused(words, { cause: error });
    } finally {
      await session.close();
    }
  }

  async listing(): Promise<Listing> {
    const nodes = await this.run("MATCH (n) RETURN n");
    const edges = await this.run("MATCH (a)-[r]->(b) RETURN a, r, b");
    return {
      nodes: nodes.map(({ n }) => lineOf(n)).sort(),
      edges: edges
        .map(({ a, r, b }) => {
          if (!(r instanceof Relationship)) throw new Error("no relationship");
          return edgeLine(lineOf(a), r.type, propertiesOf(r), lineOf(b));
        })
        .sort(),
    };
  }

  async close(): Promise<void> {
    await this.#driver.close();
  }
}

/** A statement refused a row. */
export class Refused extends Error {}

/** What the driver takes for a value, as far as the tests use them. */
export function encode(value: Value): unknown {
  if (value.kind.case === "bytesValue") return value.kind.value;
  const data = plain(value);
  return typeof data === "object" && data !== null && "days" in data
    ? neo4j.types.Date.fromStandardDate(new Date(data.days * 86_400_000))
    : data;
}

function lineOf(value: unknown): string {
  if (!(value instanceof Node)) throw new Error("no node");
  return nodeLine({ labels: value.labels, properties: propertiesOf(value) });
}

function propertiesOf({ properties }: Node | Relationship): [string, Plain][] {
  return Object.entries(properties).map(([name, value]) => [name, plainOf(value)]);
}

function plainOf(value: unknown): Plain {
  if (neo4j.isDate(value as object)) {
    return { days: Date.parse(`${value}`) / 86_400_000 };
  }
  return value as Plain; // what is no date is a bigint, number, text, boolean or a list of them
}
