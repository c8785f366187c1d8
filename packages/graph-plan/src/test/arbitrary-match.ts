import { type Mutation, type Properties, toProperties } from "@outgraph/events";
import fc from "fast-check";
import { type Change, changes, withoutKey } from "./arbitrary-change.ts";
import { type MutationInit, mutationOf } from "./entries.ts";

/** A mutation by match. */
export function arbitraryMatch(variety: "full" | "small"): fc.Arbitrary<Mutation> {
  const where = fc.constantFrom<Properties>(
    ...[{}, { x: 1n }, { x: 1n }, { x: 2n }, { x: "text" }, { id: 1n }, { id: "1" }],
    ...(variety === "full" ? [{ x: 1 }, { y: [1n] }, { x: 1n, z: true }, { x: Number.NaN }] : []),
  );
  const nodes = fc
    .tuple(fc.constantFrom("A", "B", "E"), where)
    .map(([label, given]) => ({ label, where: toProperties(given) }));
  const type = fc.constantFrom(...(variety === "full" ? ["T", "U"] : ["T"]));
  const end = fc.option(nodes, { nil: undefined, freq: 2 });
  const edges = fc.record({ type, from: end, to: end, where }).map(({ from, to, ...rest }) => ({
    ...rest,
    ...(from && { from }),
    ...(to && { to }),
    where: toProperties(rest.where),
  }));
  const key = fc.constantFrom<Properties>({}, {}, { x: 1n }, { x: 2n });
  const merged = fc.tuple(type, nodes, nodes, key, changes);
  const inits = fc.oneof<fc.Arbitrary<MutationInit>[]>(
    fc.tuple(nodes, changes).map(([match, change]) => {
      return { case: "updateNodes", value: { match, ...updateOf(change) } };
    }),
    nodes.map((match) => ({ case: "deleteNodes", value: { match } })),
    fc.tuple(edges, changes).map(([match, change]) => {
      return { case: "updateEdges", value: { match, ...updateOf(change) } };
    }),
    edges.map((match) => ({ case: "deleteEdges", value: { match } })),
    merged.map(([itsType, from, to, itsKey, change]) => {
      const { set, unset, replace } = withoutKey(change, { key: toProperties(itsKey) });
      const ends = { type: itsType, from, to, key: toProperties(itsKey) };
      return { case: "mergeEdges", value: { ...ends, set: toProperties(set), unset, replace } };
    }),
  );
  return inits.map(mutationOf);
}

/** An update knows no replace. */
function updateOf({ set, unset }: Change) {
  return { set: toProperties(set), unset };
}
