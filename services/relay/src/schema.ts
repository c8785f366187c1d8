import type { Plan } from "@outgraph/graph-plan";
import { type Patience, persist } from "./persist.ts";
import type { GraphPort } from "./ports.ts";

/**
 * The constraints behind the keys that batches merge by, and the indexes behind what they match by:
 * in place before the first batch that needs them, asked for once each.
 */
export class Schema {
  readonly #graph: GraphPort;
  readonly #ensured = new Set<string>();

  constructor(graph: GraphPort) {
    this.#graph = graph;
  }

  /** @throws CallFailed when one cannot be made, such as over nodes that are there twice. */
  async ensure({ constraints, indexes }: Plan, patience: Patience): Promise<void> {
    for (const constraint of constraints) {
      const make = (): Promise<void> => this.#graph.ensureConstraint(constraint);
      await this.#once(constraint.name, make, patience);
    }
    for (const index of indexes) {
      await this.#once(index.name, () => this.#graph.ensureIndex(index), patience);
    }
  }

  async #once(name: string, make: () => Promise<void>, patience: Patience): Promise<void> {
    if (this.#ensured.has(name)) return;
    await persist("schema", make, patience);
    this.#ensured.add(name);
    patience.signals.emit("schema.ensured", { name });
  }
}
