import type { NodeShape } from "./names.ts";
import { quoted } from "./quote.ts";
import { schemaName } from "./schema-name.ts";

/**
 * A uniqueness constraint that must stand before a plan runs: it is what makes a merge by key safe
 * beside other writers, and its index what makes it fast.
 *
 * There is none for edges. An edge is told apart by its ends *and* its key, and a relationship
 * uniqueness constraint knows only the key: it would refuse the same key between two other nodes.
 * Nor is one needed: the merge of an edge locks both ends and looks only at the edges between them.
 */
export interface Constraint {
  readonly kind: "node";
  /** The same for the same label and properties, wherever it is made. At most 100 characters. */
  readonly name: string;
  readonly labelOrType: string;
  /** Sorted. */
  readonly properties: readonly string[];
}

/** The constraint behind a key. */
export function constraintOf({ label, keys }: NodeShape): Constraint {
  return {
    kind: "node",
    name: schemaName("outgraph", label, keys),
    labelOrType: label,
    properties: keys,
  };
}

/** Makes the constraint unless it is there. */
export function constraintCypher({ name, labelOrType, properties }: Constraint): string {
  const key = properties.map((property) => `n.${quoted(property)}`).join(", ");
  return `CREATE CONSTRAINT ${quoted(name)} IF NOT EXISTS FOR (n:${quoted(labelOrType)}) REQUIRE (${key}) IS UNIQUE`;
}
