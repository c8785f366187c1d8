import {
  type Constraint,
  constraintCypher,
  indexCypher,
  type Plan,
  type RangeIndex,
} from "@outgraph/graph-plan";
import { Halt } from "./ended.ts";
import type { RelayOptions } from "./options.ts";
import { type Patience, persist } from "./persist.ts";
import type { GraphPort } from "./ports.ts";

/**
 * The constraints behind the keys that batches merge by, and the indexes behind what they match by:
 * in place before the first batch that needs them, asked for once each. By mode they are made, or
 * looked for, or nobody's business here.
 */
export class Schema {
  readonly #graph: GraphPort;
  readonly #mode: RelayOptions["schema"];
  readonly #inPlace = new Set<string>();

  constructor(graph: GraphPort, mode: RelayOptions["schema"]) {
    this.#graph = graph;
    this.#mode = mode;
  }

  /**
   * @throws CallFailed when one cannot be made, such as over nodes that are there twice.
   * @throws Halt when one is required and not there, with the Cypher that makes each such one.
   */
  async ensure(wanted: Pick<Plan, "constraints" | "indexes">, patience: Patience): Promise<void> {
    const constraints = wanted.constraints.filter(({ name }) => !this.#inPlace.has(name));
    const indexes = wanted.indexes.filter(({ name }) => !this.#inPlace.has(name));
    switch (this.#mode) {
      case "off":
        return;
      case "ensure":
        return await this.#make(constraints, indexes, patience);
      case "require":
        return await this.#require(constraints, indexes, patience);
    }
  }

  async #make(
    constraints: readonly Constraint[],
    indexes: readonly RangeIndex[],
    patience: Patience,
  ): Promise<void> {
    const made = ({ name }: { readonly name: string }): void => {
      this.#inPlace.add(name);
      patience.signals.emit("schema.ensured", { name });
    };
    for (const constraint of constraints) {
      await persist("schema", () => this.#graph.ensureConstraint(constraint), patience);
      made(constraint);
    }
    for (const index of indexes) {
      await persist("schema", () => this.#graph.ensureIndex(index), patience);
      made(index);
    }
  }

  async #require(
    constraints: readonly Constraint[],
    indexes: readonly RangeIndex[],
    patience: Patience,
  ): Promise<void> {
    const missing: string[] = [];
    for (const constraint of constraints) {
      const look = (): Promise<boolean> => this.#graph.hasConstraint(constraint);
      if (await persist("schema", look, patience)) this.#inPlace.add(constraint.name);
      else missing.push(constraintCypher(constraint));
    }
    for (const index of indexes) {
      const look = (): Promise<boolean> => this.#graph.hasIndex(index);
      if (await persist("schema", look, patience)) this.#inPlace.add(index.name);
      else missing.push(indexCypher(index));
    }
    if (missing.length === 0) return;
    throw new Halt(
      "the graph lacks constraints or indexes that the next batch needs, and this relay runs with " +
        `--schema require. Make them, then start it again:\n${missing.map((cypher) => `${cypher};`).join("\n")}`,
    );
  }
}
