import type { Model } from "./model.ts";
import { type Plain, plainText } from "./plain.ts";

/** A graph as lines of text: equal exactly when nodes and edges are. */
export interface Listing {
  readonly nodes: readonly string[];
  readonly edges: readonly string[];
}

export function listing(model: Model): Listing {
  return {
    nodes: [...model.nodes].map(nodeLine).sort(),
    edges: [...model.edges]
      .map(({ type, from, to, properties }) =>
        edgeLine(nodeLine(from), type, properties, nodeLine(to)),
      )
      .sort(),
  };
}

export function nodeLine(node: {
  readonly labels: Iterable<string>;
  readonly properties: Iterable<readonly [string, Plain]>;
}): string {
  return `(${[...node.labels].sort().join(":")} ${propertiesText(node.properties)})`;
}

export function edgeLine(
  from: string,
  type: string,
  properties: Iterable<readonly [string, Plain]>,
  to: string,
): string {
  return `${from} -[${type} ${propertiesText(properties)}]-> ${to}`;
}

function propertiesText(properties: Iterable<readonly [string, Plain]>): string {
  const texts = [...properties].map(([name, value]) => `${name}: ${plainText(value)}`);
  return `{${texts.sort().join(", ")}}`;
}
