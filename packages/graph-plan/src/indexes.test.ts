import { type Mutation, mergeNode, node, toProperties } from "@outgraph/events";
import { expect, test } from "vitest";
import { fold } from "./fold.ts";
import { clearIndexCypher } from "./indexes.ts";
import { compilePlan } from "./plan.ts";
import { entryOf, mutationOf } from "./test/entries.ts";

const indexesOf = (...mutations: Mutation[]) =>
  compilePlan(fold([entryOf(mutations)]), { encode: (value) => value }).indexes;

const updateAll = (where: Record<string, bigint>) =>
  mutationOf({
    case: "updateNodes",
    value: { match: { label: "A", where: toProperties(where) }, set: toProperties({ x: 1n }) },
  });

test("a plan asks for one index on each property that something is matched by", () => {
  const match = {
    type: "T",
    from: { label: "B", where: toProperties({ day: "monday" }) },
    where: toProperties({ on: true }),
  };
  const indexes = indexesOf(
    updateAll({ f: 1n, g: 1n }),
    updateAll({ g: 2n }),
    mutationOf({ case: "deleteEdges", value: { match } }),
  );

  expect(
    indexes.map(({ kind, labelOrType, property }) => `${kind} ${labelOrType}.${property}`),
  ).toEqual(["edge T.on", "node A.f", "node A.g", "node B.day"]);
});

test("a plan asks for no index where its constraint has one", () => {
  const merges = [mergeNode(node("A", { id: 1n })), mergeNode(node("B", { id: 1n, f: 1n }))];

  expect(indexesOf(updateAll({ id: 1n }), ...merges)).toEqual([]);
});

test("the index that is in the way of a constraint has the name that it was made by", () => {
  const [index] = indexesOf(updateAll({ id: 1n }));
  const { constraints } = compilePlan(fold([entryOf([mergeNode(node("A", { id: 1n }))])]), {
    encode: (value) => value,
  });

  expect(clearIndexCypher(constraints[0]!)).toBe(`DROP INDEX \`${index!.name}\` IF EXISTS`);
  expect(clearIndexCypher({ ...constraints[0]!, properties: ["a", "b"] })).toBeUndefined();
});
