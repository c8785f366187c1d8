import type { EdgeShape, NodeShape } from "./names.ts";
import { quoted } from "./quote.ts";

/** A pattern of a node, whose properties the row has at `at`; of any node without a shape. */
export function nodePattern(variable: string, shape: NodeShape | undefined, at: string): string {
  if (shape === undefined) return `(${variable})`;
  return `(${variable}:${quoted(shape.label)}${properties(shape.keys, at)})`;
}

/** A pattern of an edge, whose properties the row has at `at`. */
export function edgePattern(variable: string, { type, keys }: EdgeShape, at: string): string {
  return `[${variable}:${quoted(type)}${properties(keys, at)}]`;
}

function properties(names: readonly string[], at: string): string {
  if (names.length === 0) return "";
  return ` {${names.map((name) => `${quoted(name)}: ${at}.${quoted(name)}`).join(", ")}}`;
}
