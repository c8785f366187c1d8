import type { Constraint } from "./constraints.ts";
import type { EdgesWhere, NodesWhere } from "./names.ts";
import { quoted } from "./quote.ts";
import { schemaName } from "./schema-name.ts";
import type { Segment } from "./segment.ts";

/**
 * A range index that makes a match fast, and changes nothing else. One property each: an index over
 * several is of no use to a match on some of them.
 *
 * It holds values of up to some 8,000 bytes; a longer one cannot be written to the property any more.
 */
export interface RangeIndex {
  readonly kind: "node" | "edge";
  /** The same for the same label or type and property, wherever it is made. At most 100 characters. */
  readonly name: string;
  readonly labelOrType: string;
  readonly property: string;
}

/** Makes the index unless it is there, or a constraint with an index of its own. */
export function indexCypher({ kind, name, labelOrType, property }: RangeIndex): string {
  const pattern =
    kind === "node" ? `(x:${quoted(labelOrType)})` : `()-[x:${quoted(labelOrType)}]-()`;
  return `CREATE INDEX ${quoted(name)} IF NOT EXISTS FOR ${pattern} ON (x.${quoted(property)})`;
}

/**
 * Drops the index that keeps a constraint from being made: where a property was matched before it
 * became a key, Neo4j refuses the constraint with `IndexAlreadyExists`. Undefined when none can.
 */
export function clearIndexCypher({ labelOrType, properties }: Constraint): string | undefined {
  const [property, ...more] = properties;
  if (property === undefined || more.length > 0) return undefined;
  return `DROP INDEX ${quoted(indexOf("node", labelOrType, property).name)} IF EXISTS`;
}

/** One for each property that nodes or edges are matched by, in the order of their names. */
export function indexesOf(
  segments: readonly Segment[],
  constraints: readonly Constraint[],
): RangeIndex[] {
  const indexes = new Map<string, RangeIndex>();
  const add = (kind: RangeIndex["kind"], labelOrType: string, names: readonly string[]) => {
    for (const name of names) {
      const index = indexOf(kind, labelOrType, name);
      if (!constraints.some((constraint) => serves(constraint, index))) {
        indexes.set(index.name, index);
      }
    }
  };
  const addNodes = (where: NodesWhere | undefined) => {
    if (where !== undefined) add("node", where.shape.label, where.shape.keys);
  };
  const addEdges = ({ shape, from, to }: EdgesWhere, isMerge: boolean) => {
    addNodes(from);
    addNodes(to);
    if (!isMerge) add("edge", shape.type, shape.keys);
  };
  for (const { matches } of segments) {
    for (const [match] of matches) {
      if ("nodes" in match) addNodes(match.nodes);
      else addEdges(match.edges, match.kind === "mergeEdges");
    }
  }
  return [...indexes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function indexOf(kind: RangeIndex["kind"], labelOrType: string, property: string): RangeIndex {
  const name = schemaName(`outgraph_${kind}_index`, labelOrType, [property]);
  return { kind, name, labelOrType, property };
}

/** A constraint on one property has an index of its own. */
function serves({ labelOrType, properties }: Constraint, index: RangeIndex): boolean {
  return (
    index.kind === "node" &&
    labelOrType === index.labelOrType &&
    properties.length === 1 &&
    properties[0] === index.property
  );
}
