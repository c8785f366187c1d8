import { fileURLToPath } from "node:url";
import { mutate } from "@outgraph/chaos/mutate";

/** Names the ablation in force, for a process that was started with `register.ts`. */
export const ABLATION_ENV = "OUTGRAPH_BENCH_ABLATION";

/** Of nothing: what an ablation is compared with, and loaded through the same hook. */
export const NOTHING = "nothing";

/** The variables of a process that has the source of an ablation, or of nothing, loaded as that has it. */
export function ablatedBy(name: string): Readonly<Record<string, string>> {
  const register = new URL("register.ts", import.meta.url).href;
  return { NODE_OPTIONS: `--import=${register}`, [ABLATION_ENV]: name };
}

/** The product without one optimisation: a text of its source is another while it is loaded. */
export interface Ablation {
  readonly name: string;
  /** What the product does then. */
  readonly about: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** Of the relay, where it drains a backlog. */
export const OF_DRAINING: readonly Ablation[] = [
  {
    name: "pipelining",
    about: "a statement is sent once the one before is answered",
    file: "services/relay/src/adapters/neo4j/neo4j-graph.ts",
    find: `  const statements = plan.statements.map(({ cypher, params }) => ({
    cypher,
    result: tx.run(cypher, params),
  }));`,
    replace: `  const statements: { cypher: string; result: ReturnType<Transaction["run"]> }[] = [];
  for (const { cypher, params } of plan.statements) {
    const result = tx.run(cypher, params);
    statements.push({ cypher, result });
    await result.then(() => {}, () => {});
  }`,
  },
];

/** Of the relay, where it carries what comes. */
export const OF_CARRYING: readonly Ablation[] = [
  {
    name: "acks",
    about: "a batch commits once the ack of the one before is confirmed",
    file: "services/relay/src/apply.ts",
    find: "    await acks.confirmed(overwrittenBy(number));",
    replace: "    await acks.confirmed(this.#last);\n    void overwrittenBy;",
  },
];

/** All of the relay. */
export const OF_THE_RELAY: readonly Ablation[] = [...OF_DRAINING, ...OF_CARRYING];

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** The source as the ablation has it; undefined for every file but its own. */
export function ablated(
  ablation: Ablation,
  path: string,
  source: () => string,
): string | undefined {
  if (path !== ROOT + ablation.file) return undefined;
  const by = { layer: "unit", file: "" } as const; // a mutant is caught by a test; this one by a figure
  return mutate(source(), { ...ablation, removes: ablation.about, by });
}
