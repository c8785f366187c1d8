import type { Constraint } from "@outgraph/graph-plan";
import { type Patience, persist } from "./persist.ts";
import type { GraphPort } from "./ports.ts";

/**
 * Uniqueness constraints behind the keys that batches merge by: in place before the first batch that
 * needs them, asked for once each.
 */
export class Schema {
  readonly #graph: GraphPort;
  readonly #ensured = new Set<string>();

  constructor(graph: GraphPort) {
    this.#graph = graph;
  }

  /** @throws CallFailed when one cannot be made, such as over nodes that are there twice. */
  async ensure(constraints: readonly Constraint[], patience: Patience): Promise<void> {
    const missing = constraints.filter(({ name }) => !this.#ensured.has(name));
    if (missing.length === 0) return;
    await persist("schema", () => this.#graph.ensureConstraints(missing), patience);
    for (const { name } of missing) this.#ensured.add(name);
    patience.signals.emit("schema.ensured", { constraints: missing.map(({ name }) => name) });
  }
}
