import { compare, type Difference, type Tally } from "./compare.ts";
import type { Shape } from "./shape.ts";
import { fromDocuments, fromGraph, type Sides, strangers } from "./sides.ts";

/** How the graph differs from what the documents project to. */
export interface Verdict extends Omit<Tally, "actual"> {
  readonly equal: boolean;
  /** In the graph, the relay's bookkeeping aside. */
  readonly nodes: number;
  readonly edges: number;
  /** The first differences, up to the limit asked for. */
  readonly first: readonly Difference[];
}

/**
 * Compares graph and documents, shape by shape. What is of no shape counts as extra.
 *
 * Nothing may change meanwhile: the two sides are read one after the other.
 *
 * `twice` and `lost` say how many entries at least: an entry adds 1 at most to one shape's counters,
 * but to those of several shapes, so the greatest counts and not the sum.
 *
 * @param firstMax how many differences to keep for a person to read. Default 20.
 */
export async function check(
  sides: Sides,
  shapes: readonly Shape[],
  { firstMax = 20 }: { readonly firstMax?: number } = {},
): Promise<Verdict> {
  const sum = { nodes: 0, edges: 0, missing: 0, extra: 0, different: 0, twice: 0, lost: 0 };
  const first: Difference[] = [];
  let differences = 0;
  const found = (difference: Difference): void => {
    if (++differences <= firstMax) first.push(difference);
  };
  for (const shape of shapes) {
    const tally = await compare(shape, fromDocuments(sides, shape), fromGraph(sides, shape), found);
    sum["node" in shape ? "nodes" : "edges"] += tally.actual;
    for (const count of ["missing", "extra", "different"] as const) sum[count] += tally[count];
    for (const count of ["twice", "lost"] as const) sum[count] = Math.max(sum[count], tally[count]);
  }
  for await (const { kind, what } of strangers(sides, shapes)) {
    sum[kind === "node" ? "nodes" : "edges"]++;
    sum.extra++;
    found({ kind: "extra", what });
  }
  return { ...sum, equal: differences === 0, first };
}
