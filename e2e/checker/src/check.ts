import { compare, type Difference } from "./compare.ts";
import type { Shape } from "./shape.ts";
import { fromDocuments, fromGraph, type Sides, strangers } from "./sides.ts";

/** Graph and documents compared: how many differences there are of each kind. */
export interface Verdict extends Readonly<Record<Difference["kind"], number>> {
  readonly equal: boolean;
  /** In the graph, the relay's bookkeeping aside. */
  readonly nodes: number;
  readonly edges: number;
  /** The first differences of each kind, up to the limit asked for. */
  readonly first: readonly Difference[];
}

/**
 * Compares graph and documents, shape by shape. What is of no shape counts as extra. Nothing may change
 * meanwhile: the two sides are read one after the other.
 *
 * `twice` and `lost` say how many entries at least: an entry adds 1 at most to one shape's counters,
 * but to those of several shapes, so the greatest counts and not the sum.
 *
 * @param firstMax how many differences of each kind to keep for a person, at least 1. Default 5.
 */
export async function check(
  sides: Sides,
  shapes: readonly Shape[],
  { firstMax = 5 }: { readonly firstMax?: number } = {},
): Promise<Verdict> {
  const elements = { nodes: 0, edges: 0 };
  const counts = { missing: 0, extra: 0, different: 0, twice: 0, lost: 0 };
  const first: Difference[] = [];
  let inShape = { twice: 0, lost: 0 };
  const found = (difference: Difference): void => {
    const { kind, by } = difference;
    if (kind === "twice" || kind === "lost") inShape[kind] += by;
    else counts[kind] += by;
    if (first.filter((each) => each.kind === kind).length < firstMax) first.push(difference);
  };
  for (const shape of shapes) {
    inShape = { twice: 0, lost: 0 };
    const [documents, graph] = [fromDocuments(sides, shape), fromGraph(sides, shape)];
    elements["node" in shape ? "nodes" : "edges"] += await compare(shape, documents, graph, found);
    for (const kind of ["twice", "lost"] as const)
      counts[kind] = Math.max(counts[kind], inShape[kind]);
  }
  for await (const { kind, what } of strangers(sides, shapes)) {
    elements[kind]++;
    found({ kind: "extra", what, by: 1 });
  }
  const equal = first.length === 0;
  return { equal, ...elements, ...counts, first };
}
